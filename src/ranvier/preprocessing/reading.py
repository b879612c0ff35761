"""A column as raw float64 numbers, whatever type it arrives in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.inference import clean, numbers

if TYPE_CHECKING:
    import polars as pl


def raw_numbers(series: pl.Series) -> np.ndarray[Any, Any]:
    """(N,) float64, NaN where a value is missing or no number. Durations in seconds."""
    import polars as pl

    dtype = series.dtype
    if dtype in (pl.Categorical, pl.Enum):
        series, dtype = series.cast(pl.String), pl.String()
    if dtype == pl.String:
        series = numbers(clean(series))
    elif dtype == pl.Duration:
        series = series.cast(pl.Duration("us")).cast(pl.Int64).cast(pl.Float64) / 1e6
    elif dtype == pl.Time:
        series = series.cast(pl.Int64).cast(pl.Float64) / 1e9
    elif not (dtype.is_numeric() or dtype == pl.Boolean):
        return np.full(len(series), np.nan)
    return np.asarray(series.cast(pl.Float64).to_numpy(), dtype=np.float64)


def unreadable(series: pl.Series) -> tuple[int, str]:
    """How many values of a text column are neither numbers nor missing, and the first of them."""
    import polars as pl

    if series.dtype != pl.String:
        return 0, ""
    known = clean(series).drop_nulls()
    odd = known.filter(numbers(known).is_null())
    return len(odd), str(odd[0]) if len(odd) else ""
