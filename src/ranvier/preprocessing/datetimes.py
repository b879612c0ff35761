"""Dates and times -> days elapsed, and the place in the year, the week and the day.

Elapsed days are a number like any other. Each place is a pair, sine and cosine of its angle, so
that December is next to January. Parts that were constant in training (the hour of plain dates) are
dropped. A missing moment has NaN elapsed days and the place (0, 0). Times with a zone are taken on
the clocks of the training column's zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.inference import clean, iso_dates

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]

ISO = "iso"
DATES = (
    "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%Y.%m.%d",
    "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y",
    "%m/%d/%y", "%d/%m/%y", "%d.%m.%y",
)  # fmt: skip
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S")
SAMPLE = 50
FIRST_YEAR = 1000
TWO_DIGIT_YEAR = r"^\d{1,2}\D\d{1,2}\D\d{2}(\D|$)"
DAY = 86_400_000_000  # microseconds
PARTS = ("elapsed", "year", "week", "day")


def find_format(known: pl.Series, share: float) -> str:
    """The style that reads at least `share` of the texts; empty when none does.

    Where 1/2/2013 could be read both ways the style that reads more values wins, month first on a
    draw.
    """
    sample = known.head(SAMPLE)
    shaped = sample.str.contains(r"^\D{0,12}\d{1,4}\D.*\d").to_numpy()
    if shaped.mean() < share:
        return ""
    if sample.str.contains(r"^\d{4}-\d{2}-\d{2}").all():
        moments = iso_dates(known)
        return ISO if moments.dtype.is_temporal() else ""
    best, read = "", 0
    for date in DATES:
        for clock in CLOCKS:
            form = date + clock
            if _parsed(sample, form) < share * len(sample):
                continue
            found = _parsed(known, form)
            if found >= share * len(known) and found > read:
                best, read = form, found
    return best


def _parsed(texts: pl.Series, form: str) -> int:
    return len(texts) - parse(texts, form).null_count()


def parse(series: pl.Series, form: str) -> pl.Series:
    """Text -> Datetime; null where the text is not of this style."""
    import polars as pl

    if form == ISO:
        moments = iso_dates(clean(series))
        if moments.dtype.is_temporal():
            return moments
        days = series.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        return days.cast(pl.Datetime("us"))
    if "%y" in form:  # "1.2.3" is a version, not a day of 2003
        series = series.set(~series.str.contains(TWO_DIGIT_YEAR).fill_null(False), None)
    if "%H" in form or "%I" in form:
        found = series.str.to_datetime(form, strict=False, time_unit="us")
    else:
        found = series.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    # "%Y" also takes the 13 of 1/2/13 for the year 13
    return found.set((found.dt.year() < FIRST_YEAR).fill_null(False), None)


def spoken(form: str) -> str:
    """How a style is said: "%d/%m/%Y" -> "read as day/month/year"."""
    if form == ISO:
        return "dates"
    words = form
    for code, word in (
        ("%d", "day"), ("%m", "month"), ("%Y", "year"), ("%y", "year"),
        ("%b", "month"), ("%B", "month"),
        ("%H", "hour"), ("%I", "hour"), ("%M", "minute"), ("%S", "second"), ("%p", "am/pm"),
    ):  # fmt: skip
        words = words.replace(code, word)
    return f"read as {words}"


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
