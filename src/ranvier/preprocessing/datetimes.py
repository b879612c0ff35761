"""Dates and times -> days elapsed, and the place in the year, the week and the day.

Elapsed days are a number like any other. Each place is a pair, sine and cosine of its angle, so
that December is next to January. Parts that were constant in training (the hour of plain dates) are
dropped. A missing moment has NaN elapsed days and the place (0, 0). Times with a zone are taken on
the clocks of the training column's zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.dates import ISO, parse
from ranvier.data.inference import clean

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]

DAY = 86_400_000_000  # microseconds
PARTS = ("elapsed", "year", "week", "day")


def moments(series: pl.Series, form: str | None, zone: str | None) -> Array:
    """(N,) datetime64[us] on the clocks of `zone`; NaT for missing."""
    import polars as pl

    if series.dtype == pl.String:
        series = parse(clean(series), form or ISO)
    if series.dtype not in (pl.Date, pl.Datetime):
        return np.full(len(series), np.datetime64("NaT", "us"))
    given = getattr(series.dtype, "time_zone", None)
    if given is not None:
        if zone is not None and zone != given:
            series = series.dt.convert_time_zone(zone)
        series = series.dt.replace_time_zone(None)
    return np.asarray(series.cast(pl.Datetime("us")).to_numpy())


def elapsed(when: Array) -> Array:
    """(N,) float64 days since 1970; NaN for missing."""
    days = when.astype(np.int64) / DAY
    return np.where(np.isnat(when), np.nan, days)


def place(when: Array, part: str) -> Array:
    """(N, 2) float32: sine and cosine of the place in the year, the week or the day."""
    day = when.astype("datetime64[D]")
    if part == "year":
        turn = (day - day.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) / 365.25
    elif part == "week":
        turn = (day.astype(np.int64) + 3) % 7 / 7  # 1970-01-01 was a Thursday; Monday is 0
    else:
        turn = (when - day.astype("datetime64[us]")).astype(np.int64) / DAY
    angle = np.where(np.isnat(when), np.nan, 2 * np.pi * turn)
    pair = np.stack([np.sin(angle), np.cos(angle)], axis=1)  # (N, 2)
    return np.where(np.isnan(pair), 0.0, pair).astype(np.float32)


def varying(when: Array) -> tuple[str, ...]:
    """The parts that are not the same in all training rows."""
    known = when[~np.isnat(when)]
    kept = []
    for part in PARTS:
        values = elapsed(known) if part == "elapsed" else place(known, part)
        if len(known) and (values != values[:1]).any():
            kept.append(part)
    return tuple(kept)
