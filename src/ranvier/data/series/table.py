"""Series on their regular steps: a value."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.series.frequency import Frequency

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class SeriesTable:
    """Several series, one after the other, a row for each step.

    Attributes:
        values: float64 (rows,); what is missing is interpolated, NaN behind a series' end.
        observed: bool (rows,), whether the value was there.
        starts: int64 (S + 1,): where each series begins, and the end.
        ends: int64 (S,): the row after the last one that has a value.
        first: int64 (S,): the count, by `frequency`, of each series' first row.
        frequency: the step.
        season: steps after which the series repeat; 1: none.
        names: (S,) what each series is called.
        known: (rows, K) columns that are known ahead; None without.
        static: (S, columns) of each series; None without.
        time, target, series: the columns' names, for what is written; `series` is empty where
            there is one series only.
        scales: float64 (S,): mean distance between values a season apart, which the errors are
            measured by (MASE).
    """

    values: Array
    observed: Array
    starts: Array
    ends: Array
    first: Array
    frequency: Frequency
    season: int
    names: tuple[str, ...]
    known: pl.DataFrame | None = None
    static: pl.DataFrame | None = None
    time: str = "time"
    target: str = "value"
    series: str = ""
    scales: Array | None = None

    def __len__(self) -> int:
        return len(self.names)

    @property
    def lengths(self) -> Array:
        """Int64 (S,): steps with values of each series."""
        return self.ends - self.starts[:-1]

    @functools.cached_property
    def last_seen(self) -> Array:
        """Int64 (rows,): the newest row with an observed value, up to each row."""
        rows = np.arange(len(self.values))
        return np.maximum.accumulate(np.where(self.observed, rows, 0))

    def series_of(self, rows: Array) -> Array:
        """Int64: to which series rows belong."""
        return np.searchsorted(self.starts, rows, side="right") - 1

    def times_of(self, rows: Array) -> Array:
        """The times of rows: datetime64[us], or int64 counts."""
        series = self.series_of(rows)
        return self.frequency.times(self.first[series] + rows - self.starts[series])

    def scaled(self, until: Array | None = None) -> SeriesTable:
        """The same with `scales` taken from the values before `until`, int64 (S,) rows.

        Where a series has no two values a season apart, or they are all the same, neighbours
        are taken; and 1 where these are the same too.
        """
        stops = self.ends if until is None else until
        scales = np.ones(len(self))
        for number, (start, stop) in enumerate(zip(self.starts[:-1], stops, strict=True)):
            values, there = self.values[start:stop], self.observed[start:stop]
            for lag in (self.season, 1):
                both = there[lag:] & there[:-lag]
                size = np.abs(values[lag:] - values[:-lag])[both]
                if len(size) and size.mean() > 0:
                    scales[number] = size.mean()
                    break
        return replace(self, scales=scales)

    def tail(self, steps: int) -> SeriesTable:
        """The last `steps` values of each series, and what the table holds behind them."""
        begins = np.maximum(self.starts[:-1], self.ends - steps)
        parts = [np.arange(b, e) for b, e in zip(begins, self.starts[1:], strict=True)]
        rows = np.concatenate(parts)
        starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
        observed = self.observed[rows]
        observed[starts[:-1]] = True  # an interpolated value is the first that is left
        return replace(
            self,
            values=self.values[rows],
            observed=observed,
            starts=starts,
            ends=starts[:-1] + self.ends - begins,
            first=self.first + begins - self.starts[:-1],
            known=None if self.known is None else self.known[rows],
        )

    def extended(self, steps: int, known: pl.DataFrame | None = None) -> SeriesTable:
        """The same with exactly `steps` rows behind the end of each series.

        Args:
            steps: how many.
            known: (S * steps, K) what is known of them, series after series; None: what the
                table holds of them already, or nothing.
        """
        import polars as pl

        pairs = zip(self.starts[:-1], self.ends, self.starts[1:], strict=True)
        parts = []
        for start, end, stop in pairs:
            inside = np.arange(start, min(end + steps, stop))
            parts += [inside, np.full(int(end + steps - start) - len(inside), -1)]
        rows = np.concatenate(parts)  # (rows of the longer table,), -1 where there is none
        lengths = self.lengths + steps
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        ends = starts[:-1] + self.lengths
        beyond = rows < 0
        values = np.where(beyond, np.nan, self.values[np.maximum(rows, 0)])
        observed = np.where(beyond, False, self.observed[np.maximum(rows, 0)])
        columns = self.known
        if columns is not None:
            blank = pl.Series(beyond)
            columns = columns[np.maximum(rows, 0)].with_columns(pl.when(~blank).then(pl.all()))
            if known is not None:
                columns = _placed(columns, known, ends, steps)
        return replace(
            self, values=values, observed=observed, starts=starts, ends=ends, known=columns
        )


def _placed(columns: pl.DataFrame, known: pl.DataFrame, ends: Array, steps: int) -> pl.DataFrame:
    """The columns with the rows behind each end replaced by those of `known`."""
    import polars as pl

    place = np.arange(columns.height, dtype=np.int64)
    for number, end in enumerate(ends):
        place[end : end + steps] = columns.height + number * steps + np.arange(steps)
    both = pl.concat([columns, known.select(columns.columns)], how="vertical_relaxed")
    return both[place]
