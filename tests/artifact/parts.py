"""A small model as parts, and what it means for two to be the same."""

from __future__ import annotations

import numpy as np

from ranvier.artifact import Parts

PARTS = Parts(
    manifest={"family": "fcnn", "hyperparameters": {"hidden": [256, 256], "rate": 0.1}},
    weights={"dense/kernel": np.arange(6, dtype=np.float32).reshape(2, 3)},
    preprocessing={"columns": [{"name": "température", "codes": ["a", "b"]}]},
    tensors={"median": np.array([1.5, -0.0])},
)


def assert_same(found: Parts, expected: Parts) -> None:
    assert found.manifest == expected.manifest
    assert found.preprocessing == expected.preprocessing
    for ours, theirs in (
        (found.weights, expected.weights),
        (found.tensors, expected.tensors),
    ):
        assert ours.keys() == theirs.keys()
        for name, array in ours.items():
            assert array.dtype == theirs[name].dtype
            assert array.shape == theirs[name].shape
            assert array.tobytes() == theirs[name].tobytes()
