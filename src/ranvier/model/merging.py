"""Equal rows made one row with their weights added, where all rows fit into one batch.

With one batch an epoch the gradient depends on neither the order nor the repetition of rows,
only on their weights. Putting such data into one canonical form makes the arithmetic agree
with the mathematics: a row given twice and a row of weight 2 lead to the same bits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ranvier.data.dataset import Dataset


def merged(examples: Dataset) -> Dataset:
    """The distinct rows (inputs and target), in a canonical order, weights added up."""
    weights = np.ones(len(examples)) if examples.weights is None else examples.weights
    parts = [examples.inputs] if examples.target is None else [examples.inputs, examples.target]
    keys = np.concatenate([_bytes(part) for part in parts], axis=1)
    keys = np.ascontiguousarray(keys).view(f"V{keys.shape[1]}").ravel()  # (rows,)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    total = np.bincount(group.ravel(), weights=weights)
    return replace(examples.take(first), weights=total)


def _bytes(values: Any) -> np.ndarray:
    """uint8 (rows, any width): equal rows have equal bytes."""
    if not isinstance(values, np.ndarray):
        columns = [values[name].rank("dense").fill_null(0).to_numpy() for name in values.columns]
        values = np.stack(columns, axis=1) if columns else np.zeros((len(values), 1))
    if values.dtype.kind in "OUS":
        values = np.unique(values.astype(str), return_inverse=True)[1]
    # One dtype, big-endian, so that the order of bytes is the same for float32 and float64.
    values = np.ascontiguousarray(values.reshape(len(values), -1), dtype=">f8")
    raw: np.ndarray = values.view(np.uint8)
    return raw
