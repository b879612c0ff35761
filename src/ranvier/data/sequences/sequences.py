"""A set of sequences, or of some of their rows: a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.whole import Whole

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Sequences(Whole):
    """Rows of steps, each row of its own length; `Sequences.of` makes them from arrays.

    Attributes:
        steps: float32 (all steps, channels), one row after the other; NaN is a missing value.
        starts: int64 (rows of `steps` + 1,): where each row begins, and the end.
        rows: int64 (N,), which of those rows these are; None: all of them, in order.
        channels: their names; empty where they have none.
        names: of all rows of `starts`: what each is called; None where they have no names.
        beside: the other columns of their table, a row for each of these; None without.
        sources: the columns of that table that are their steps; empty where they are from none.
        series, time: of a long table, a row for each step: the columns that tell whose step it is
            and when it was.
        moments: of all rows of `steps`, a polars series: what `time` holds; None without.

    Example:
        >>> import numpy as np, ranvier as rv
        >>> rows = rv.Sequences.of([np.zeros((5, 2)), np.ones((3, 2))])
        >>> len(rows), rows.lengths.tolist(), rows.width
        (2, [5, 3], 2)
        >>> rv.Sequences.of(np.zeros((2, 9, 1)), lengths=[9, 4]).lengths.tolist()
        [9, 4]
    """

    steps: Array
    starts: Array
    rows: Array | None = None
    channels: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    beside: pl.DataFrame | None = None
    sources: tuple[str, ...] = ()
    series: str = ""
    time: str = ""
    moments: pl.Series | None = None

    @classmethod
    def of(cls, arrays: Any, lengths: Any = None) -> Sequences:
        """Sequences from arrays.

        Args:
            arrays: (N, steps, channels) or (N, steps); or a list of arrays (steps, channels) or
                (steps,), each of its own length. Steps at a row's end that are all NaN are none.
            lengths: (N,) how many steps of each row of a whole array there are.

        Raises:
            DataError: empty rows, infinities, or rows that differ in their channels.
        """
        from ranvier.data.sequences.arrays import sequences_of

        return sequences_of(arrays, lengths)

    def __len__(self) -> int:
        return len(self.starts) - 1 if self.rows is None else len(self.rows)

    @property
    def kind(self) -> str:
        """What one is called."""
        return "sequence"

    @property
    def about(self) -> str:
        """Such as "sequences of 7 to 29 steps, 12 channels"."""
        lengths = self.lengths
        low, high = (int(lengths.min()), int(lengths.max())) if len(lengths) else (0, 0)
        count = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        steps = f"{count} step{'s' * (high != 1)}"
        channels = f", {self.width:,} channels" if self.width > 1 else ""
        return f"sequences of {steps}{channels}"

    @property
    def width(self) -> int:
        """How many channels a step has."""
        return int(self.steps.shape[1])

    @property
    def lengths(self) -> Array:
        """Int64 (N,): how many steps each row has."""
        every: Array = np.diff(self.starts)
        return every if self.rows is None else every[self.rows]

    @property
    def longest(self) -> int:
        """Steps of the longest row."""
        return int(self.lengths.max(initial=0))

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, longest, channels)."""
        return (len(self), self.longest, self.width)

    @property
    def ndim(self) -> int:
        """3."""
        return 3

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32."""
        return np.dtype(np.float32)

    @property
    def nbytes(self) -> int:
        """Bytes of these rows' steps."""
        return int(self.lengths.sum()) * self.width * self.steps.itemsize

    def __getitem__(self, index: Any) -> Sequences:
        """Some of the rows (numbers, a mask or a slice), in the given order; nothing is copied."""
        chosen = np.arange(len(self))[index]
        rows = chosen if self.rows is None else self.rows[chosen]
        beside = None if self.beside is None else self.beside[chosen]
        return replace(self, rows=rows, beside=beside)

    def row(self, number: int) -> Array:
        """The steps of one of these rows, float32 (its length, channels)."""
        place = number if self.rows is None else int(self.rows[number])
        return self.steps[self.starts[place] : self.starts[place + 1]]

    def moments_of(self, number: int) -> pl.Series | None:
        """When the steps of one of these rows were; None where unknown."""
        place = number if self.rows is None else int(self.rows[number])
        first, end = int(self.starts[place]), int(self.starts[place + 1])
        return None if self.moments is None else self.moments[first:end]

    def flat(self) -> Array:
        """All steps of these rows, one row after the other: float32 (steps, channels)."""
        if self.rows is None:
            return self.steps[self.starts[0] : self.starts[-1]]
        if not len(self.rows):
            return self.steps[:0]
        return np.concatenate([self.row(number) for number in range(len(self))])

    def name_of(self, row: int) -> str:
        """What a row is called; empty where it has no name."""
        if self.names is None:
            return ""
        return self.names[row if self.rows is None else int(self.rows[row])]
