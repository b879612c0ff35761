"""A convolutional network reads handwritten digits, and shows what it looked at.

Command:         python examples/cnn_digits.py
Time:            about a minute on two CPU cores
Expected score:  test accuracy 0.992 with seed 0
"""

import ranvier as rv

digits = rv.read("digits")  # 64 columns each: a square, so CNN takes them for 8 x 8 pictures
model = rv.CNN().fit(digits)

print(model.summary())
print()
for name, value in model.evaluate(digits.test).items():
    print(f"{name:10} {value:.4f}")

why = model.explain(digits.test.take(slice(0, 10)))
why.save("why.png")  # each digit, what each pixel spoke for, and the regions that decided
print()
print(why)
