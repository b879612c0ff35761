"""One neuron's arithmetic, by hand, in a network that reads handwritten digits.

Command:         python examples/what_a_neuron_computes.py
Time:            about 10 seconds on two CPU cores
Expected score:  test accuracy above 0.93, with one hidden layer of 32 neurons
"""

import numpy as np

import ranvier as rv

digits = rv.read("digits")
model = rv.FCNN(recipe="textbook", hidden=(32,), verbose=0).fit(digits)
print(model.summary())
print(f"\ntest accuracy {model.score(digits.test):.3f}\n")

row = 1  # a picture that the network has never seen
hidden, output = model.neurons(digits.test)
neuron = int(hidden.outputs[row].argmax())  # the one that speaks loudest
print(hidden.spoken(neuron, row), "\n")

# The same by hand: a weighted sum, a bias, an activation.
total = hidden.inputs[row] @ hidden.weights[:, neuron] + hidden.bias[neuron]
print(f"by hand: weighted sum {total:+.4f}, after ReLU {max(total, 0.0):+.4f}\n")

guess = int(output.outputs[row].argmax())
print(output.spoken(guess, row), "\n")
print("probabilities", np.round(output.outputs[row], 3))
print(f"it says {model.predict(digits.test)[row]}, and the digit is {digits.test.target[row]}")
