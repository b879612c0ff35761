"""Long tables as sequences: a row for each step, a column that tells whose step it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.sequences.sequences import Sequences
from ranvier.data.series.times import check_name, read_times
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]
SHOWN = 3  # columns or series named in a note


@dataclass(frozen=True)
class LongColumns:
    """Which columns of a long table are what.

    Attributes:
        series: tells whose step a row is.
        time: tells when it was; empty: the rows are in order.
        channels: the numbers of a step; None: all columns of numbers.
    """

    series: str
    time: str = ""
    channels: tuple[str, ...] | None = None


def grouped(
    frame: pl.DataFrame, columns: LongColumns, name: str
) -> tuple[Sequences, tuple[str, ...]]:
    """The sequences of a table, and notes; columns with one value in each series stand beside.

    Raises:
        DataError: a column is not there, or no channel.
    """
    sequences, _, notes = group(frame, columns, name)
    return sequences, notes


@dataclass(frozen=True)
class Steps:
    """Which rows of a table are whose steps.

    Attributes:
        order: int64, row numbers, series after series, each in order.
        starts: int64 (S + 1,), where each series begins in `order`.
    """

    order: Array
    starts: Array


def group(
    frame: pl.DataFrame, columns: LongColumns, name: str
) -> tuple[Sequences, Steps, tuple[str, ...]]:
    """As `grouped`, and which rows are whose steps."""
    import polars as pl

    check_name(frame, columns.series, "series=", begun(name))
    if columns.time:
        check_name(frame, columns.time, "time=", begun(name))
    steps, names, notes = ordered(frame, columns, name)
    rest = frame.drop([column for column in (columns.series, columns.time) if column])
    channels = columns.channels
    if channels is None:
        channels = tuple(
            column.name for column in rest.iter_columns()
            if column.dtype.is_numeric() or column.dtype == pl.Boolean
        )  # fmt: skip
    if not channels:
        taken = ", ".join(column for column in (columns.series, columns.time) if column)
        raise DataError(
            f"{begun(name)} has no column of numbers beside {taken} and the target: a long table "
            "needs one at least, with a number for each step."
        )
    for channel in channels:
        check_name(frame, channel, "the model's training", begun(name))
    values = rest.select(pl.col(channels).cast(pl.Float32)).to_numpy()[steps.order]
    rows = [values[a:b] for a, b in zip(steps.starts[:-1], steps.starts[1:], strict=True)]
    for series, row in zip(names, rows, strict=True):
        if np.isnan(row).all():
            raise DataError(
                f'The series "{series}" of {name} has no value in any step: leave its rows out.'
            )
    sequences = Sequences.of(rows)
    moments = None
    if columns.time:
        moments = frame[columns.time][steps.order].filter(pl.Series(kept(sequences.starts, steps)))
    same, varying = static(rest.drop(channels), steps)
    if varying:
        listed = ", ".join(varying[:SHOWN]) + (", ..." if len(varying) > SHOWN else "")
        notes += (f"no numbers, and they change within a series: {listed}: not used",)
    count = f"{len(rows):,} series of {columns.series}: {sequences.about}"
    return (
        replace(
            sequences,
            channels=channels,
            names=tuple(names),
            beside=same if same.width else None,
            sources=channels,
            series=columns.series,
            time=columns.time,
            moments=moments,
        ),
        steps,
        (count, *notes),
    )


def begun(name: str) -> str:
    """What a sentence begins with: a file's name as it is."""
    return "The table" if name == "the table" else name


def ordered(
    frame: pl.DataFrame, columns: LongColumns, name: str
) -> tuple[Steps, list[str], tuple[str, ...]]:
    """The rows by series, in the order in which these first appear, and by time; names; notes."""
    import polars as pl

    series = frame[columns.series]
    known = series.is_not_null().to_numpy()
    notes: tuple[str, ...] = ()
    if not known.any():
        raise DataError(f'"{columns.series}" of {name} is empty: it must tell whose step a row is.')
    lost = int((~known).sum())
    if lost:
        verb = "row is" if lost == 1 else "rows are"
        notes += (f"{lost:,} {verb} without {columns.series}: not used",)
    rows = np.flatnonzero(known)
    texts = series.cast(pl.String).to_numpy()[rows].astype(str)
    names, first, code = np.unique(texts, return_index=True, return_inverse=True)
    rank = np.empty(len(names), np.int64)
    rank[np.argsort(first)] = np.arange(len(names))
    code = rank[code.ravel()]
    keys: list[Array] = [code]
    if columns.time:
        times, said = _times(frame[columns.time], rows, name)
        notes += said
        keys.insert(0, times)
    order = np.lexsort(keys)  # stable: rows of one time stay as they came
    code = code[order]
    if columns.time:
        notes += _about_times(order, code, times, columns.time)
    starts = np.searchsorted(code, np.arange(len(names) + 1))
    return Steps(rows[order], starts), names[np.argsort(first)].tolist(), notes


def _times(column: pl.Series, rows: Array, name: str) -> tuple[Array, tuple[str, ...]]:
    """Numbers that order the rows, float64 or int64."""
    import polars as pl

    notes: tuple[str, ...] = ()
    if column.dtype.is_numeric():
        found = column.cast(pl.Float64).to_numpy()[rows]
        missing = np.isnan(found)
    else:
        moments, notes = read_times(column, name)
        found, missing = moments[rows].astype(np.int64), np.isnat(moments[rows])
    if missing.any():
        row = int(rows[int(np.argmax(missing))])
        raise DataError(
            f'"{column.name}" of {name} must tell the time of every row to order them; row {row:,} '
            "has none: fill it in, or leave the row out."
        )
    return found, notes


def _about_times(order: Array, code: Array, times: Array, time: str) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    inside = code[1:] == code[:-1]
    moved = len(np.unique(code[1:][inside & (np.diff(order) < 0)]))
    if moved:
        were = "series was" if moved == 1 else "series were"
        notes += (f"{moved:,} {were} not in the order of {time}: sorted",)
    twice = int((inside & (np.diff(times[order]) == 0)).sum())
    if twice:
        rows = "row repeats" if twice == 1 else "rows repeat"
        notes += (f"{twice:,} {rows} a {time} of the same series: kept, in the order they came",)
    return notes


def static(rest: pl.DataFrame, steps: Steps) -> tuple[pl.DataFrame, list[str]]:
    """The columns that have one value in each series, a row for each; and those that have not."""
    import polars as pl

    if not rest.width:
        return rest, []
    row = np.repeat(np.arange(len(steps.starts) - 1), np.diff(steps.starts))
    ordered = rest[steps.order].with_columns(pl.Series("\0series", row))
    groups = ordered.group_by("\0series", maintain_order=True)
    counts = groups.agg(pl.all().drop_nulls().n_unique())
    varying = [name for name in rest.columns if (counts[name] > 1).any()]
    same = groups.agg(pl.all().drop_nulls().first()).drop("\0series", *varying)
    return same, varying


def kept(starts: Array, steps: Steps) -> Array:
    """Which of the ordered rows are steps of sequences that begin at `starts`: bool (rows,)."""
    place = np.arange(len(steps.order)) - np.repeat(steps.starts[:-1], np.diff(steps.starts))
    found: Array = place < np.repeat(np.diff(starts), np.diff(steps.starts))
    return found
