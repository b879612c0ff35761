"""Learns from one photograph what small pictures have lost, and makes another one larger.

Command:         python examples/gan_photographs.py
Time:            TIME
Expected score:  SCORE
"""

from PIL import Image
from sklearn.datasets import load_sample_images

import ranvier as rv

china, flower = load_sample_images().images  # uint8 (427, 640, 3) each

model = rv.GAN(task="super_resolution", scale=2, epochs=12).fit([flower])

print(model.summary())
print()
# China made half as large by Pillow, twice as large by the model, and compared with itself.
for name, value in model.evaluate(china).items():
    print(f"{name:20} {value:.3f}")

Image.fromarray(model.upscale(china)).save("china-x2.png")  # 1,280 x 854 pixels
