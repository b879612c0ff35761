"""Gaps filled and told, and the columns beside the values brought to the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.series.columns import SeriesColumns

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]
Notes = list[str]


def filled(values: Array, starts: Array, stops: Array) -> Array:
    """Interpolated between the values of each series."""
    whole = values.copy()
    for start, stop in zip(starts[:-1], stops, strict=True):
        part = whole[start:stop]
        there = np.isfinite(part)
        if not there.all():
            places = np.arange(len(part))
            part[~there] = np.interp(places[~there], places[there], part[there])
    return whole


def tell_gaps(observed: Array, places: Array, starts: Array, stops: Array, notes: Notes) -> None:
    """Say how many steps had no row, and how many rows no value."""
    there = np.zeros(len(observed), bool)
    there[places] = True
    inside = np.zeros(len(observed), bool)
    for start, stop in zip(starts[:-1], stops, strict=True):
        inside[start:stop] = True
    absent = int((inside & ~there).sum())
    empty = int((inside & there & ~observed).sum())
    parts = []
    if absent:
        parts.append(f"{many(absent, 'step')} had no row")
    if empty:
        parts.append(f"{many(empty, 'row')} had no value")
    if parts:
        notes.append(
            f"{' and '.join(parts)}: interpolated where they are seen, never what is forecast"
        )


def tell_constant(
    values: Array, starts: Array, stops: Array, names: tuple[str, ...], notes: Notes
) -> None:
    """Say which series never change."""
    constant = [
        names[n]
        for n, (start, stop) in enumerate(zip(starts[:-1], stops, strict=True))
        if stop - start > 1 and np.ptp(values[start:stop]) == 0
    ]
    if constant and len(names) == 1:
        notes.append("the series has the same value at every step: there is nothing to learn")
    elif constant:
        shown = ", ".join(f'"{name}"' for name in constant[:3])
        notes.append(f"{len(constant):,} series have the same value at every step: {shown}")


def beside(
    frame: pl.DataFrame,
    columns: SeriesColumns,
    rows: tuple[Array, Array, Array],
    present: Array,
    size: int,
    starts: Array,
) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """The columns known ahead, on the steps; and those of each series.

    Args:
        frame: all columns.
        columns: which of them are what.
        rows: int64, of each row its series' code, its place in the frame and its step's row.
        present: the codes that are used.
        size: rows of the table.
        starts: as in `SeriesTable`.
    """
    import polars as pl

    codes_of, source, places = rows
    known = static = None
    if columns.known:
        index = np.full(size, frame.height, np.int64)
        index[places] = source
        chosen = frame.select(columns.known)
        blank = pl.DataFrame({n: [None] for n in chosen.columns}, schema=chosen.schema)
        known = pl.concat([chosen, blank])[index]
        codes = pl.Series("\0series", np.repeat(np.arange(len(starts) - 1), np.diff(starts)))
        numeric = [n for n in known.columns if known.schema[n].is_numeric()]
        others = pl.exclude([*numeric, "\0series"])
        inside = others.backward_fill().over("\0series").is_not_null()
        known = known.with_columns(codes)
        known = known.with_columns(pl.col(numeric).interpolate().over("\0series"))
        known = known.with_columns(
            pl.when(inside).then(others.forward_fill().over("\0series"))
        ).drop("\0series")
    if columns.static:
        first = [int(source[np.argmax(codes_of == code)]) for code in present]
        static = frame.select(columns.static)[first]
    return known, static


def are(number: int, thing: str) -> str:
    """Such as "1 row is" or "1,024 rows are"."""
    return f"{many(number, thing)} {'is' if number == 1 else 'are'}"


def many(number: int, thing: str) -> str:
    """Such as "1 row" or "1,024 rows"."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
