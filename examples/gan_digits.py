"""Two networks learn from each other until one of them writes digits that were never written.

Command:         python examples/gan_digits.py
Time:            two to three minutes on two CPU cores
Expected score:  1.000 of the digits are the one that was asked for, by a classifier of real ones
"""

import numpy as np
from PIL import Image

import ranvier as rv

digits = rv.read("digits")
pictures = digits.train.inputs.reshape(-1, 8, 8)
model = rv.GAN().fit(pictures, digits.train.target)

print(model.summary())
# A classifier of real digits is asked whether each is the one that was asked for.
classifier = rv.CNN(verbose=0).fit(pictures, digits.train.target)
asked = np.repeat(np.arange(10), 50)
made = model.sample(len(asked), label=asked, seed=1)
print(f"\nof the class that was asked for: {np.mean(classifier.predict(made) == asked):.3f}")

grid = made.reshape(10, 50, 8, 8)[:, :16].transpose(0, 2, 1, 3).reshape(80, 128)
Image.fromarray((grid / grid.max() * 255).astype(np.uint8)).resize((1024, 640), 0).save(
    "digits.png"
)
