"""Host arrays that JAX's CPU devices use where they lie, instead of copying them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

BOUNDARY = 64  # bytes: what XLA wants arrays to begin at; NumPy promises 16


def empty(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """As `np.empty`, but beginning at a multiple of 64 bytes."""
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    raw = np.empty(size + BOUNDARY, np.uint8)
    start = -raw.ctypes.data % BOUNDARY
    array: np.ndarray = raw[start : start + size].view(dtype).reshape(shape)
    return array


def take(array: Any, indices: np.ndarray) -> np.ndarray:
    """The rows with these numbers, which must be there: (len(indices), ...).

    What is no array yet reads them itself: `array.take(indices, out=rows)`; where its rows differ
    in shape, `array.shape_of(indices)` tells that of `rows`.
    """
    if not isinstance(array, np.ndarray):
        known = getattr(array, "shape_of", None)
        shape = known(indices) if known else (len(indices), *array.shape[1:])
        rows = empty(shape, array.dtype)
        array.take(indices, out=rows)
        return rows
    rows = empty((len(indices), *array.shape[1:]), array.dtype)
    # "clip" writes straight into the result, where "raise" would go through another copy.
    np.take(array, indices, axis=0, out=rows, mode="clip")
    return rows
