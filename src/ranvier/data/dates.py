"""Dates and times as people write them: the style of a column of texts, and their reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ranvier.data.inference import clean, iso_dates

if TYPE_CHECKING:
    import polars as pl

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
