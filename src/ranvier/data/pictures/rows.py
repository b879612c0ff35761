"""The rows of a stored file: in memory, mapped, or read one by one, by their size."""

from __future__ import annotations

import math
import os
import weakref
from typing import Any

import numpy as np

from ranvier.data.pictures.stored import Stored
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]
SMALL = 64 << 20  # bytes that are kept in memory


class Rows:
    """Rows of a stored file: in memory, mapped, or read one by one, by their size."""

    def __init__(self, kept: Stored, count: int, shape: tuple[int, ...], max_bytes: int) -> None:
        self.stored = kept
        self.shape = shape
        self.row_bytes = math.prod(shape)
        weakref.finalize(self, os.close, kept.handle)
        size = count * self.row_bytes
        self.array: Array | None = None
        if size <= SMALL or size <= max_bytes or not hasattr(os, "preadv"):
            with open(os.dup(kept.handle), "rb") as file:
                if size <= SMALL:
                    file.seek(0)
                    array = np.fromfile(file, np.uint8, size)
                else:
                    array = np.asarray(np.memmap(file, np.uint8, "r", shape=(size,)))
            self.array = array.reshape(count, *shape)

    def take(self, rows: Array, out: Array | None) -> Array:
        """The rows with these numbers."""
        if self.array is not None:
            taken: Array = np.take(self.array, rows, axis=0, out=out, mode="clip")
            return taken
        if out is None:
            out = np.empty((len(rows), *self.shape), np.uint8)
        elif not out.flags.c_contiguous:
            out[...] = self.take(rows, None)
            return out
        if len(rows) > 1 and bool((np.diff(rows) == 1).all()):
            self._read(out.reshape(-1).data, int(rows[0]))
        else:
            for place, row in enumerate(rows.tolist()):
                self._read(out[place].reshape(-1).data, row)
        return out

    def _read(self, into: memoryview, row: int) -> None:
        """Read from the beginning of a row; not through a map, whose pages count as memory."""
        offset = row * self.row_bytes
        while into:
            got = os.preadv(self.stored.handle, [into], offset)
            if not got:
                raise DataError("The decoded pictures are cut short on disk: read them again.")
            into, offset = into[got:], offset + got
