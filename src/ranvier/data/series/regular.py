"""From rows as people have them to series on their regular steps; what was mended is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.series.columns import SeriesColumns
from ranvier.data.series.frequency import Frequency
from ranvier.data.series.inferring import infer
from ranvier.data.series.mending import are, beside, filled, many, tell_constant, tell_gaps
from ranvier.data.series.table import SeriesTable
from ranvier.data.series.times import begin, read_times
from ranvier.errors import DataError, TargetError

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]
Notes = list[str]


@dataclass
class _Rows:
    """Rows in long form, in the order of their series and times."""

    codes: Array  # int64 (rows,): the series
    times: Array
    values: Array  # float64 (rows,), NaN for missing
    source: Array  # int64 (rows,): the row of the frame, for the other columns

    def at(self, index: Array) -> _Rows:
        return _Rows(self.codes[index], self.times[index], self.values[index], self.source[index])


def regular(
    frame: pl.DataFrame, columns: SeriesColumns, name: str, frequency: Frequency | None = None
) -> tuple[SeriesTable, tuple[str, ...]]:
    """The series of a frame, and notes about what was found and mended.

    Args:
        frame: rows in any order.
        columns: with `target` and `time` known.
        name: of the source, for messages.
        frequency: the step; None: told from the times.

    Raises:
        DataError, TargetError: they are no series that can be forecast.
    """
    notes: Notes = []
    assert columns.time is not None
    rows, names = _long(frame, columns, name, notes)
    rows = _in_order(rows, notes)
    if frequency is None:
        starts = np.flatnonzero(np.diff(rows.codes, prepend=-1))
        groups = [np.unique(group) for group in np.split(rows.times, starts[1:])]
        frequency, astray = infer(groups, name, columns.time)
        if astray:
            notes.append(f"{many(astray, 'time')} between two steps count for the nearest one")
    counts = frequency.counts(rows.times)
    rows, counts = _without_repeats(rows, counts, notes)
    ahead = bool(columns.known)
    rows, counts = _without_ends(rows, counts, names, keep=ahead, notes=notes)
    present = np.unique(rows.codes)
    names = tuple(names[code] for code in present)
    codes = np.searchsorted(present, rows.codes)
    first, last, ends = _borders(codes, counts, rows.values, len(names))
    starts = np.concatenate([[0], np.cumsum(last - first + 1)]).astype(np.int64)
    places = starts[codes] + counts - first[codes]
    values = np.full(int(starts[-1]), np.nan)
    values[places] = rows.values
    stops = starts[:-1] + ends - first + 1
    observed = np.isfinite(values)
    whole = filled(values, starts, stops)
    tell_gaps(observed, places, starts, stops, notes)
    tell_constant(whole, starts, stops, names, notes)
    season = columns.season or frequency.season
    known, static = beside(
        frame, columns, (rows.codes, rows.source, places), present, len(values), starts
    )
    table = SeriesTable(
        whole, observed, starts, stops, first, frequency, int(season), names, known, static,
        time=columns.time, target=columns.target[0] if len(columns.target) == 1 else "value",
        series=columns.series or ("series" if len(columns.target) > 1 else ""),
    )  # fmt: skip
    said = f"{frequency}, season of {season:,} steps" if season > 1 else f"{frequency}, no season"
    return table, (f"{said}; another: season=N", *notes)


def _long(
    frame: pl.DataFrame, columns: SeriesColumns, name: str, notes: Notes
) -> tuple[_Rows, tuple[str, ...]]:
    """The rows of all series, and the series' names."""
    assert columns.time is not None
    if not frame.height:
        raise DataError(f"{begin(name)} has no rows: forecasting needs a row for each step.")
    times, more = read_times(frame.get_column(columns.time), name)
    notes += more
    values = np.stack([_numbers(frame, column, name) for column in columns.target])  # (T, rows)
    codes, names = np.zeros(frame.height, np.int64), columns.target
    if columns.series is not None:
        if len(columns.target) > 1:
            raise TargetError(
                "A table of several series in one column has one target; got "
                f"{len(columns.target)}: name one with target=, or leave series= out."
            )
        labels = frame.get_column(columns.series).cast(str).fill_null("missing")
        names = tuple(labels.unique(maintain_order=True).to_list())
        places = {label: place for place, label in enumerate(names)}
        codes = np.array([places[label] for label in labels], np.int64)
    timed = np.ones(frame.height, bool)
    if times.dtype.kind == "M":
        timed = ~np.isnat(times)
        if not timed.all():
            notes.append(f"{are(int((~timed).sum()), 'row')} not used: without a time")
        if not timed.any():
            raise DataError(f'"{columns.time}" of {name} holds no time in any row.')
    where = np.flatnonzero(timed)
    width = len(columns.target)
    return _Rows(
        codes=np.tile(codes[where], width) + np.repeat(np.arange(width), len(where)),
        times=np.tile(times[where], width),
        values=values[:, where].ravel(),
        source=np.tile(where, width),
    ), names


def _numbers(frame: pl.DataFrame, column: str, name: str) -> Array:
    """Float64 (rows,), NaN where nothing stands."""
    import polars as pl

    series = frame.get_column(column)
    if not (series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.Null)):
        odd = series.cast(pl.String).drop_nulls()
        numbers = odd.cast(pl.Float64, strict=False)
        shown = odd.filter(numbers.is_null())
        first = f" such as {str(shown[0])[:40]!r}" if len(shown) else f" of type {series.dtype}"
        raise TargetError(
            f'"{column}" of {name} must hold numbers to be continued; it holds values{first}: '
            "name another column with target=."
        )
    values = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise DataError(
            f'"{column}" of {name} holds an infinite value in row {infinite[0] + 1:,}: replace it '
            "by a finite number, or leave it empty."
        )
    if np.isnan(values).all():
        raise TargetError(
            f'"{column}" of {name} has no value in any row: there is nothing to continue.'
        )
    return np.array(values)


def _in_order(rows: _Rows, notes: Notes) -> _Rows:
    order = np.lexsort((rows.times, rows.codes))
    same = np.diff(rows.codes) == 0
    backwards = same & (np.diff(rows.times.astype(np.int64)) < 0)
    if backwards.any():
        notes.append("the rows are not in the order of time: they are sorted")
    return rows.at(order)


def _without_repeats(rows: _Rows, counts: Array, notes: Notes) -> tuple[_Rows, Array]:
    """One row for each step of each series: the mean of its values."""
    fresh = (np.diff(rows.codes, prepend=-1) != 0) | (np.diff(counts, prepend=counts[0] - 1) != 0)
    if fresh.all():
        return rows, counts
    groups = np.cumsum(fresh) - 1
    there = np.isfinite(rows.values)
    totals = np.bincount(groups, np.where(there, rows.values, 0.0))
    often = np.bincount(groups, there)
    with np.errstate(invalid="ignore"):
        means = np.where(often > 0, totals / np.maximum(often, 1), np.nan)
    kept = rows.at(np.flatnonzero(fresh))
    kept.values = means
    notes.append(
        f"{many(len(rows.codes) - len(means), 'row')} of a time that was there already: each step "
        "is the mean of its rows"
    )
    return kept, counts[fresh]


def _without_ends(
    rows: _Rows, counts: Array, names: tuple[str, ...], *, keep: bool, notes: Notes
) -> tuple[_Rows, Array]:
    """Without the rows before a series' first value and, unless they are kept, after its last."""
    there = np.isfinite(rows.values)
    size = len(names)
    first = np.full(size, np.iinfo(np.int64).max)
    last = np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(first, rows.codes[there], counts[there])
    np.maximum.at(last, rows.codes[there], counts[there])
    empty = first > last
    if empty.any():
        shown = ", ".join(f'"{names[n]}"' for n in np.flatnonzero(empty)[:3])
        notes.append(f"series without a value are not used: {shown} ({int(empty.sum()):,} in all)")
    early, late = counts < first[rows.codes], counts > last[rows.codes]
    used = ~empty[rows.codes] & ~early & (keep | ~late)
    early, late = early & ~empty[rows.codes], late & ~empty[rows.codes]
    if early.any():
        notes.append(f"{are(int(early.sum()), 'row')} not used: before the first value")
    if late.any() and keep:
        notes.append(f"{many(int(late.sum()), 'row')} after the last value tell what is ahead")
    elif late.any():
        notes.append(f"{are(int(late.sum()), 'row')} not used: after the last value")
    return rows.at(np.flatnonzero(used)), counts[used]


def _borders(codes: Array, counts: Array, values: Array, size: int) -> tuple[Array, Array, Array]:
    """Of each series the first count, the last one, and the last one that has a value."""
    low, high = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    first, last, ends = np.full(size, low), np.full(size, high), np.full(size, high)
    there = np.isfinite(values)
    np.minimum.at(first, codes, counts)
    np.maximum.at(last, codes, counts)
    np.maximum.at(ends, codes[there], counts[there])
    return first, last, ends
