"""Rows that are windows of one long stream, cut out when they are taken."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Strides:
    """Windows of equal width, which may overlap; nothing is copied until they are taken.

    Attributes:
        flat: (all steps,), the stream.
        begins: int64 (N,), where each window begins.
        width: steps of a window.
    """

    def __init__(self, flat: Array, begins: Array, width: int) -> None:
        self.flat, self.begins, self.width = flat, begins, width

    def __len__(self) -> int:
        return len(self.begins)

    @property
    def shape(self) -> tuple[int, int]:
        """(N, width)."""
        return (len(self), self.width)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the steps."""
        return np.dtype(self.flat.dtype)

    @property
    def nbytes(self) -> int:
        """Bytes of these windows, once they are cut out."""
        return len(self) * self.width * self.flat.itemsize

    def __getitem__(self, index: Any) -> Strides:
        """Some of the windows, in the given order."""
        return Strides(self.flat, self.begins[index], self.width)

    def take(self, indices: Array, out: Array | None = None) -> Array:
        """Those windows, (len(indices), width); written to `out` if given."""
        places = self.begins[indices, None] + np.arange(self.width)
        return np.take(self.flat, places, out=out, mode="clip" if out is not None else "raise")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """All windows."""
        del copy
        array = self.take(np.arange(len(self)))
        return array if dtype is None else array.astype(dtype, copy=False)
