"""Arrays that are made as they are taken: what windows show, without a copy for each of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Gathered:
    """Like an array (N, ...) whose rows are made by a function of their numbers.

    Attributes:
        shape, dtype: of all rows.
    """

    def __init__(
        self, make: Callable[[Array], Array], rows: int, shape: tuple[int, ...], dtype: Any
    ) -> None:
        """Remember how.

        Args:
            make: from int (n,) row numbers to an array (n, *shape).
            rows: N.
            shape: of one row.
            dtype: of the rows.
        """
        self._make = make
        self.shape: tuple[int, ...] = (rows, *shape)
        self.dtype = np.dtype(dtype)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Axes of all rows."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of all rows, once they are made."""
        return int(math.prod(self.shape) * self.dtype.itemsize)

    def take(self, indices: Array, out: Array | None = None) -> Array:
        """The rows with these numbers, written to `out` if given."""
        rows = self._make(np.asarray(indices)).astype(self.dtype, copy=False)
        if out is None:
            return rows
        out[...] = rows
        return out

    def __getitem__(self, index: Any) -> Array:
        """Some of the rows (numbers, a mask or a slice)."""
        chosen = np.arange(len(self))[index]
        rows = self.take(np.atleast_1d(chosen))
        return rows if np.ndim(chosen) else rows[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """All rows."""
        del copy
        array = self.take(np.arange(len(self)))
        return array if dtype is None else array.astype(dtype, copy=False)
