"""Rows that validate, as the network and the engine take them."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from ranvier.data import Dataset
from ranvier.preprocessing.fitting import Coder, Preprocessor
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.training import feeds


def validating(preprocessor: Preprocessor, coder: Coder, valid: Dataset) -> dict[str, Any] | None:
    """Validation rows as the network takes them, with "weights"; None where there are none."""
    if not len(valid):
        return None
    weights = np.ones(len(valid)) if valid.weights is None else valid.weights
    inputs = preprocessor.transform(valid.inputs)
    return {
        "inputs": inputs,
        "target": encode(coder, valid.target, inputs),
        "weights": weights.astype(np.float32),
    }


def encode(coder: Coder, target: Any, inputs: dict[str, Any]) -> Any:
    """A target as the network learns it; labels of words stand at the words' first tokens."""
    if isinstance(coder, StepCoder) and "words" in inputs:
        return coder.encode_words(target, inputs)
    return coder.encode(target)


def blocks(arrays: dict[str, Any], most: int, devices: int) -> Any:
    """Validation rows as arrays (V, block, ...), the last block padded with weight 0.

    A block has about `most` rows at most, as many for each device. Rows that differ in shape are
    a tuple of such.
    """
    numbers = feeds.ArrayRows(arrays).groups
    if numbers is None:
        return _cut(arrays, len(arrays["weights"]), most, devices)
    parts = [np.flatnonzero(numbers == number) for number in np.unique(numbers)]
    return tuple(
        _cut(jax.tree.map(lambda a, rows=rows: a[rows], arrays), len(rows), most, devices)
        for rows in parts
    )


def _cut(arrays: dict[str, Any], rows: int, most: int, devices: int) -> dict[str, Any]:
    count = -(-rows // most)
    # Multiples of 64 rows, of which XLA's matrix products take every row alike.
    size = -(-rows // count)
    size = min(most, -(-size // 64) * 64)
    size = -(-size // devices) * devices
    count = -(-rows // size)

    def cut(rows: Any) -> np.ndarray:
        array = np.asarray(rows)
        padding = np.zeros((count * size - len(array), *array.shape[1:]), array.dtype)
        return np.concatenate([array, padding]).reshape(count, size, *array.shape[1:])

    found: dict[str, Any] = jax.tree.map(cut, arrays)
    return found
