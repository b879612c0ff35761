"""Which column is to be predicted, and the parting of it from the inputs.

Without `target=`: the one column called target, label, class or y (in any case); else the last
column, unless it looks like something nobody predicts (an identifier, a date, free text, one value,
a nested value) or the file has no header; else the caller is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.errors import TargetError, nearest

if TYPE_CHECKING:
    import polars as pl

USUAL_NAMES = ("target", "label", "class", "y")
ID_NAMES = ("id", "index", "key", "uuid", "guid", "unnamed: 0")
WORDS_OF_TEXT = 5.0  # mean number of words from which a value is prose


def default_target(frame: pl.DataFrame, *, header: bool, name: str) -> str:
    """The column to predict when none is named; a question where the rule has no answer."""
    usual = [column for column in frame.columns if column.casefold() in USUAL_NAMES]
    if len(usual) == 1:
        return usual[0]
    if len(usual) > 1:
        raise TargetError(_question(frame, name, f"{', '.join(usual)} could each be it"))
    if not header:
        raise TargetError(_question(frame, name, "the columns have no names of their own"))
    last = frame.to_series(frame.width - 1)
    doubt = "it has one column" if frame.width == 1 else unlikely(last)
    if doubt:
        raise TargetError(_question(frame, name, f'the last, "{last.name}", {doubt}'))
    return str(last.name)


def unlikely(series: pl.Series) -> str:
    """Why nobody would predict this column; empty when it may be a target."""
    known = series.drop_nulls()
    if series.dtype.is_nested() or series.dtype.is_temporal():
        return f"holds {series.dtype}" if series.dtype.is_nested() else "is a date or time"
    distinct = known.n_unique()
    if distinct < 2:
        return "has one value" if distinct else "is empty"
    folded = str(series.name).casefold()
    all_distinct = distinct == len(known) and len(known) > 20
    if all_distinct and not series.dtype.is_float():
        if folded in ID_NAMES or folded.endswith("_id"):
            return "looks like an identifier"
        if series.dtype.is_integer() and abs(int(known[-1]) - int(known[0])) == len(known) - 1:
            return "looks like a row number"
    if not series.dtype.is_numeric() and distinct > max(20, len(known) // 2):
        words = known.cast(str).str.count_matches(r"\S+").mean()
        prose = isinstance(words, float) and words >= WORDS_OF_TEXT
        return "looks like free text" if prose else "looks like an identifier"
    return ""


def _question(frame: pl.DataFrame, name: str, doubt: str) -> str:
    shown = ", ".join(frame.columns[:20]) + (", ..." if frame.width > 20 else "")
    return (
        f"Which column of {name or 'the data'} is to be predicted ({doubt})? "
        f"Name it with target= or --target; the columns are {shown}."
    )


def part(
    frame: pl.DataFrame, names: Sequence[str], *, source: str
) -> tuple[pl.DataFrame, np.ndarray[Any, Any], tuple[str, ...]]:
    """Inputs, target and notes. Rows whose target is missing are dropped, and said."""
    import polars as pl

    for column in names:
        if column not in frame.columns:
            raise TargetError(
                f'{source or "The data"} has no column "{column}".{nearest(column, frame.columns)}'
            )
    if len(set(names)) < len(names):
        raise TargetError(f"A target is named twice in {', '.join(names)}: name each column once.")
    if len(names) == frame.width:
        raise TargetError(
            f"{source or 'The data'} has no column beside the target to learn from: "
            "name fewer targets, or add columns."
        )
    given = frame.select(names)
    floats = [c for c in names if given[c].dtype.is_float()]
    given = given.with_columns([pl.col(column).fill_nan(None) for column in floats])
    missing = given.select(pl.any_horizontal(pl.all().is_null())).to_series()
    notes: tuple[str, ...] = ()
    lost = int(missing.sum())
    if lost == len(missing):
        raise TargetError(
            f'The target "{", ".join(names)}" has no value in any row: there is nothing to learn.'
        )
    if lost:
        rows = f"{lost:,} rows" if lost > 1 else "1 row"
        verb = "are" if lost > 1 else "is"
        notes = (f"{rows} without {' or '.join(names)} {verb} not used",)
        frame, given = frame.filter(~missing), given.filter(~missing)
    return frame.drop(list(names)), as_target(given), notes


def as_target(frame: pl.DataFrame) -> np.ndarray[Any, Any]:
    """Columns -> (N,) or (N, outputs); categories and text as Python strings."""
    import polars as pl

    arrays = []
    for series in frame.iter_columns():
        named = series.dtype in (pl.Categorical, pl.Enum)
        arrays.append((series.cast(pl.String) if named else series).to_numpy())
    if len(arrays) == 1:
        return np.asarray(arrays[0])
    return np.stack(arrays, axis=1)
