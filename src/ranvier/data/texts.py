"""A set of texts: a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.inference import absent
from ranvier.data.whole import Whole
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Texts(Whole):
    """Rows of text.

    Attributes:
        values: a polars series of strings, (N,); a missing text is the empty one.
        names: what each row is called, (N,) strings; None where they have no names.
        beside: the other columns of their table, a row for each of these; None without.
        sources: the columns of that table that they are from; empty where they are from none.
    """

    values: pl.Series
    names: Array | None = None
    beside: pl.DataFrame | None = None
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Any) -> Texts:
        """Texts from strings.

        Args:
            values: a list, an array or a series of strings; None and NaN are the empty text.

        Raises:
            DataError: none, or something that is no text.
        """
        import polars as pl

        listed = values.to_list() if hasattr(values, "to_list") else list(values)
        listed = [None if absent(value) else value for value in listed]
        for number, value in enumerate(listed):
            if value is not None and not isinstance(value, str):
                raise DataError(
                    f"Texts must be strings; text {number:,} is {type(value).__name__} "
                    f"({str(value)[:40]!r}): convert it first, or pass None for a missing one."
                )
        if not listed:
            raise DataError(
                "Found array with 0 sample(s) while a minimum of 1 is required: pass at least one "
                "text."
            )
        whole = [value and value.encode("utf-8", "replace").decode() for value in listed]
        return cls(pl.Series("text", whole, dtype=pl.String).fill_null(""))

    def __len__(self) -> int:
        return self.values.len()

    @property
    def kind(self) -> str:
        """What one is called."""
        return "text"

    @property
    def about(self) -> str:
        """Such as "texts of 5 to 3,012 words"."""
        words = self.values.str.count_matches(r"\S+")
        low, high = (int(n) for n in np.sort(words.to_numpy())[[0, -1]]) if len(self) else (0, 0)
        plural = "s" * (high != 1)
        count = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        return f"texts of {count} word{plural}"

    @property
    def shape(self) -> tuple[int, ...]:
        """(N,)."""
        return (len(self),)

    @property
    def ndim(self) -> int:
        """1."""
        return 1

    @property
    def nbytes(self) -> int:
        """Bytes of these rows' text."""
        return int(self.values.str.len_bytes().sum())

    def __getitem__(self, index: Any) -> Texts:
        """Some of the rows (numbers, a mask or a slice), in the given order."""
        chosen = np.arange(len(self))[index]
        return replace(
            self,
            values=self.values[chosen],
            names=None if self.names is None else self.names[chosen],
            beside=None if self.beside is None else self.beside[chosen],
        )

    def name_of(self, row: int) -> str:
        """What a row is called; empty where it has no name."""
        return "" if self.names is None else str(self.names[row])
