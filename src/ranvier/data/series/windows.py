"""Windows over series: a past that the network sees and the steps it is to forecast."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.series.table import SeriesTable
from ranvier.data.whole import Whole

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Windows(Whole):
    """Rows of windows over one table; nothing is copied until it is taken.

    Attributes:
        table: the series.
        origins: int64 (N,): the row of the table that is each window's first step ahead.
        context: steps before it that are seen; a shorter past is continued backwards by its
            first value.
        horizon: steps ahead.
    """

    table: SeriesTable
    origins: Array
    context: int
    horizon: int

    @property
    def beside(self) -> pl.DataFrame | None:  # type: ignore[override]
        """None: what is known beside the values lies in the table."""
        return None

    def __len__(self) -> int:
        return len(self.origins)

    @property
    def kind(self) -> str:
        """What one is called."""
        return "window"

    @property
    def about(self) -> str:
        """Such as "monthly series of 144 steps, windows of 24 steps and 12 ahead"."""
        count, lengths = len(self.table), self.table.lengths
        what = "series" if count == 1 else f"{count:,} series"
        low, high = int(lengths.min()), int(lengths.max())
        steps = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        return (
            f"{self.table.frequency} {what} of {steps} steps · windows of {self.context:,} steps "
            f"and {self.horizon:,} ahead"
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, context + horizon)."""
        return (len(self), self.context + self.horizon)

    @property
    def ndim(self) -> int:
        """2."""
        return 2

    @property
    def nbytes(self) -> int:
        """Bytes of the values of all rows, once they are read."""
        return 4 * len(self) * (self.context + self.horizon)

    @property
    def columns(self) -> tuple[str, ...]:
        """The series, and what is known beside it."""
        table = self.table
        beside = [frame.columns for frame in (table.known, table.static) if frame is not None]
        return (table.target, *(name for names in beside for name in names))

    @property
    def series(self) -> Array:
        """Int64 (N,): which series each window is of."""
        return self.table.series_of(self.origins)

    @property
    def scales(self) -> Array:
        """Float64 (N,): by what the errors of each window are measured (MASE)."""
        table = self.table if self.table.scales is not None else self.table.scaled()
        assert table.scales is not None
        return table.scales[self.series]

    def __getitem__(self, index: Any) -> Windows:
        """Some of the rows (numbers, a mask or a slice), in the given order."""
        return replace(self, origins=self.origins[np.arange(len(self))[index]])

    def past_rows(self, rows: Array | None = None) -> Array:
        """Int64 (n, context): the table's rows that windows see; never one of a later value.

        A missing value at the end of a past is the newest one seen, though the table holds what
        lies between that and the next one.
        """
        origins = self.origins if rows is None else self.origins[rows]
        places = origins[:, None] + np.arange(-self.context, 0)
        first = self.table.starts[self.table.series_of(origins)]
        seen = self.table.last_seen[np.maximum(origins - 1, 0)]
        seen = np.maximum(seen, first)
        return np.clip(places, first[:, None], seen[:, None])

    def past(self, rows: Array | None = None) -> Array:
        """Float64 (n, context): the values that windows see."""
        return self.table.values[self.past_rows(rows)]

    def future_rows(self, rows: Array | None = None) -> Array:
        """Int64 (n, horizon): the table's rows that windows forecast."""
        origins = self.origins if rows is None else self.origins[rows]
        return origins[:, None] + np.arange(self.horizon)

    def future(self, rows: Array | None = None) -> Array:
        """Float64 (n, horizon): the values to forecast; NaN where none was observed."""
        places = self.future_rows(rows)
        series = self.table.series_of(self.origins if rows is None else self.origins[rows])
        inside = places < self.table.ends[series][:, None]
        places = np.where(inside, places, 0)
        known = inside & self.table.observed[places]
        return np.where(known, self.table.values[places], np.nan)

    def name_of(self, row: int) -> str:
        """The time of the first step ahead, and the series where there are several."""
        origin = self.origins[row : row + 1]
        time = str(self.table.times_of(origin)[0]).removesuffix("T00:00:00.000000")
        if len(self.table) == 1:
            return time
        return f"{self.table.names[int(self.table.series_of(origin)[0])]}, {time}"
