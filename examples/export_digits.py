"""A trained network leaves Ranvier, and others run it.

Command:         python examples/export_digits.py      (pip install 'ranvier[onnx]')
Time:            about 15 seconds on two CPU cores
Expected score:  accuracy 0.983 by onnxruntime alone, with the classes that Ranvier itself predicts
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime

import ranvier as rv

digits = rv.read("digits")
model = rv.FCNN().fit(digits)
print(model.export("digits.onnx", X=digits.test).words)
# What a person owns: plain PyTorch, Flax and Keras, with the weights beside them.
print(model.export("digits-source", "source").words)

# From here on without Ranvier: the file and what lies beside it say all that is needed.
about = json.loads(Path("digits.onnx.json").read_text())
session = onnxruntime.InferenceSession("digits.onnx")
rows = np.asarray(digits.test.inputs, about["inputs"]["numbers"]["dtype"])
(probabilities,) = session.run(None, {"numbers": rows})
classes = np.array(about["classes"])[probabilities.argmax(axis=1)]

print(f"\naccuracy by onnxruntime: {np.mean(classes == digits.test.target):.3f}")
print(f"the same classes as Ranvier's: {np.mean(classes == model.predict(digits.test)):.3f}\n")
print(Path("digits-source/network_torch.py").read_text().split("def load")[0])
