"""A set of pictures, or of some of their rows: a value, like an array that is not read yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ranvier.data.pictures.form import Form
from ranvier.data.whole import Whole

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


class Pixels(Protocol):
    """Where the numbers of pictures come from: an array, or files that are read once."""

    @property
    def form(self) -> Form:
        """What each row is."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8, or float32."""

    def __len__(self) -> int: ...

    def take(self, rows: Array, out: Array | None = None) -> Array:
        """The rows with these numbers, (len(rows), *form.shape), written to `out` if given."""

    def within(self, size: int) -> Pixels:
        """The same, holding at most so many bytes of decoded pictures in memory."""

    def formed(self, form: Form) -> Pixels:
        """The same pictures in another form.

        Raises:
            DataError: they cannot be brought to it.
        """


@dataclass(frozen=True, eq=False)
class Pictures(Whole):
    """Rows of pictures, each of the same size; nothing is copied until `take`.

    Attributes:
        pixels: where the numbers come from.
        rows: int64 (N,), which rows of `pixels` these are; None: all of them, in order.
        names: of all rows of `pixels`: what each is called, such as "cats/0017.jpg"; None for
            arrays.
        beside: the other columns of their table, a row for each of these; None without.
    """

    pixels: Pixels
    rows: Array | None = None
    names: tuple[str, ...] | None = None
    beside: pl.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.pixels) if self.rows is None else len(self.rows)

    @property
    def form(self) -> Form:
        """What each row is."""
        return self.pixels.form

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, height, width, channels), or (N, steps, channels) for signals."""
        return (len(self), *self.form.shape)

    @property
    def ndim(self) -> int:
        """4, or 3 for signals."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8, or float32."""
        return self.pixels.dtype

    @property
    def nbytes(self) -> int:
        """Bytes of all rows, once they are read."""
        return int(np.prod(self.shape)) * self.dtype.itemsize

    @property
    def kind(self) -> str:
        """What one is called: "picture", "signal", "sound" or "mask"."""
        return self.form.kind

    @property
    def about(self) -> str:
        """Such as "pictures of 28×28×1"."""
        return f"{self.form.kind}s of {self.form}"

    def __getitem__(self, index: Any) -> Pictures:
        """Some of the rows (numbers, a mask or a slice), in the given order; still not read."""
        rows = np.arange(len(self.pixels)) if self.rows is None else self.rows
        beside = self.beside
        if beside is not None:
            beside = beside[np.arange(len(self))[index]]
        return replace(self, rows=rows[index], beside=beside)

    def take(self, indices: Array, out: Array | None = None) -> Array:
        """Those rows of these, read: (len(indices), height, width, channels)."""
        return self.pixels.take(indices if self.rows is None else self.rows[indices], out)

    def formed(self, form: Form) -> Pictures:
        """The same pictures in another form; see `Pixels.formed`."""
        return self if form == self.form else replace(self, pixels=self.pixels.formed(form))

    def within(self, size: int) -> Pictures:
        """The same; files keep at most so many bytes of decoded pictures in memory."""
        return replace(self, pixels=self.pixels.within(size))

    def name_of(self, row: int) -> str:
        """What a row is called; empty for arrays."""
        if self.names is None:
            return ""
        return self.names[row if self.rows is None else int(self.rows[row])]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """All rows, read."""
        del copy
        array = self.take(np.arange(len(self)))
        return array if dtype is None else array.astype(dtype, copy=False)
