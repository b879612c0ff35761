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
        second: where the rows are pairs, the second texts, (N,) strings; else None.
        words: objects (N,), each text's words as a tuple, where each is to have an answer of its
            own; else None.
        series, time: of a long table, a row for each word: the columns that tell whose word it is
            and which place it has.
    """

    values: pl.Series
    names: Array | None = None
    beside: pl.DataFrame | None = None
    sources: tuple[str, ...] = ()
    second: pl.Series | None = None
    words: Array | None = None
    series: str = ""
    time: str = ""

    @classmethod
    def of(cls, values: Any) -> Texts:
        """Texts from strings.

        Args:
            values: a list, an array or a series of strings; None and NaN are the empty text.

        Raises:
            DataError: none, or something that is no text.
        """
        return cls(strings(values))

    def __len__(self) -> int:
        return self.values.len()

    @property
    def kind(self) -> str:
        """What one is called."""
        return "text"

    @property
    def about(self) -> str:
        """Such as "texts of 5 to 3,012 words", or "pairs of texts of 9 to 80 words"."""
        words = self.values.str.count_matches(r"\S+")
        if self.second is not None:
            words = words + self.second.str.count_matches(r"\S+")
        low, high = (int(n) for n in np.sort(words.to_numpy())[[0, -1]]) if len(self) else (0, 0)
        plural = "s" * (high != 1)
        count = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        return f"{'texts' if self.second is None else 'pairs of texts'} of {count} word{plural}"

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
        both = (self.values, *(() if self.second is None else (self.second,)))
        return sum(int(values.str.len_bytes().sum()) for values in both)

    def __getitem__(self, index: Any) -> Texts:
        """Some of the rows (numbers, a mask or a slice), in the given order."""
        chosen = np.arange(len(self))[index]
        return replace(
            self,
            values=self.values[chosen],
            names=None if self.names is None else self.names[chosen],
            beside=None if self.beside is None else self.beside[chosen],
            second=None if self.second is None else self.second[chosen],
            words=None if self.words is None else self.words[chosen],
        )

    @property
    def lengths(self) -> Array:
        """Int64 (N,): how many words each text has, where they are told."""
        words = () if self.words is None else self.words
        return np.array([len(row) for row in words], np.int64)

    @property
    def all_words(self) -> list[str]:
        """The words of all texts, one text after the other, where they are told."""
        return [word for row in (() if self.words is None else self.words) for word in row]

    def moments_of(self, row: int) -> None:
        """When the words of a row were: that is not kept."""

    def name_of(self, row: int) -> str:
        """What a row is called; empty where it has no name."""
        return "" if self.names is None else str(self.names[row])

    @property
    def joined_pairs(self) -> Texts:
        """Pairs as one text each, the second below the first; others as they are."""
        if self.second is None:
            return self
        return replace(self, values=self.values + "\n" + self.second, second=None)

    @property
    def by_words(self) -> Texts:
        """The same with each text's words: what stands between its blanks, unless they are told."""
        if self.words is not None:
            return self
        found = np.empty(len(self), object)
        for row, text in enumerate(self.values.to_list()):
            found[row] = tuple(text.split())
        return replace(self, words=found)


def strings(values: Any) -> pl.Series:
    """Strings as a series, (N,).

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
            "Found array with 0 sample(s) while a minimum of 1 is required: pass at least one text."
        )
    whole = [value and value.encode("utf-8", "replace").decode() for value in listed]
    return pl.Series("text", whole, dtype=pl.String).fill_null("")
