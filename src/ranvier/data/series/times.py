"""The column of times: which one it is, and its values as dates or as counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.dates import find_format, parse
from ranvier.data.inference import clean
from ranvier.errors import DataError, nearest

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]

USUAL_NAMES = ("ds", "time", "date", "datetime", "timestamp", "day", "week", "month", "quarter",
               "year", "step", "t", "period")  # fmt: skip
SURE = 0.8  # share of the texts that must read as dates
YEARS = (1000, 3000)  # numbers between them are years
PARTS = {1: "years", 4: "quarters", 12: "months"}  # of a year, in which decimal years step
COMPACT = r"^[12]\d{3}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"  # 19580329
MONTHS = (r"^(\d{4})[-/ ]?[mM]?(0?[1-9]|1[0-2])$", r"^(\d{4})[- ]?[qQ]([1-4])$")


def find_time(frame: pl.DataFrame, taken: set[str], name: str) -> str:
    """The one column of dates, or of counts with a usual name.

    Raises:
        DataError: there is none, or several.
    """
    free = [column for column in frame.columns if column not in taken]
    dated = [column for column in free if _is_dated(frame.get_column(column))]
    counted = [column for column in free if _may_count(frame.get_column(column))]
    for found in (dated, counted):
        usual = [column for column in found if column.casefold() in USUAL_NAMES]
        if len(found) == 1 or len(usual) == 1:
            return usual[0] if len(usual) == 1 else found[0]
        if len(found) > 1:
            raise DataError(
                f"{begin(name)} has several columns of times ({', '.join(found[:5])}): say "
                "which one counts with time=."
            )
    raise DataError(
        f"{begin(name)} has no column of dates, which forecasting needs; its columns are "
        f"{', '.join(frame.columns[:10])}: name the one that orders the rows with time=, or pass "
        "the values alone as a 1-D array."
    )


def _is_dated(series: pl.Series) -> bool:
    import polars as pl

    if series.dtype in (pl.Date, pl.Datetime):
        return True
    if series.dtype != pl.String:
        return False
    known = clean(series).drop_nulls()
    if known.is_empty():
        return False
    return bool(find_format(known, SURE)) or _calendar(known) is not None


def _may_count(series: pl.Series) -> bool:
    named = series.name.casefold() in USUAL_NAMES
    return named and series.dtype.is_numeric() and series.null_count() < len(series)


def read_times(series: pl.Series, name: str) -> tuple[Array, tuple[str, ...]]:
    """The times, and notes about them.

    Args:
        series: dates, date-times, texts of one style, integers, or decimal years.
        name: of the source, for messages.

    Returns:
        datetime64[us] (N,) with NaT for what is missing, in UTC where zones are given; or int64
        (N,) for counts, which may not be missing.

    Raises:
        DataError: they cannot be read as times.
    """
    import polars as pl

    notes: tuple[str, ...] = ()
    if series.dtype == pl.String:
        texts = clean(series)
        zones = texts.drop_nulls().str.extract(r"(Z|[+-]\d{2}:?\d{2})$").drop_nulls()
        moments = _from_text(texts, series.name, name)
        if len(zones) and zones.n_unique() > 1:
            notes = (f'the times in "{series.name}" have several zones and are brought to UTC',)
        return moments, notes
    if series.dtype in (pl.Date, pl.Datetime):
        zone = getattr(series.dtype, "time_zone", None)
        if zone is not None:
            found = "are in UTC" if zone == "UTC" else f"({zone}) are brought to UTC"
            notes = (f'the times in "{series.name}" {found}',)
        if zone is not None:
            series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return np.asarray(series.cast(pl.Datetime("us")).to_numpy()), notes
    if series.dtype.is_numeric():
        return _from_numbers(series, name), notes
    raise DataError(
        f'"{series.name}" of {name} must hold dates or whole numbers to order the rows; it holds '
        f"{series.dtype}: name another column with time=."
    )


def _from_text(texts: pl.Series, column: str, name: str) -> Array:
    import polars as pl

    known = texts.drop_nulls()
    calendar = None if known.is_empty() else _calendar(known)
    if calendar is not None:
        found = texts.str.extract_groups(calendar)
        parts = found.struct.unnest().cast(pl.Int64)
        years, within = parts.to_series(0).to_numpy(), parts.to_series(1).to_numpy()
        size = 1 if calendar == MONTHS[0] else 3
        numbers = (years - 1970) * 12 + (within - 1) * size
        blank = ~np.isfinite(numbers.astype(np.float64))
        whole = np.where(blank, 0, numbers).astype(np.int64).astype("datetime64[M]")
        moments = whole.astype("datetime64[us]")
        return np.where(blank, np.datetime64("NaT", "us"), moments)
    form = "" if known.is_empty() else find_format(known, SURE)
    if not form:
        first = "" if known.is_empty() else f", such as {str(known[0])[:40]!r}"
        raise DataError(
            f'"{column}" of {name} must hold dates; it holds text{first}: write them as '
            "2024-01-31, or name another column with time=."
        )
    read = parse(texts, form)
    odd = texts.filter(texts.is_not_null() & read.is_null())
    if len(odd):
        raise DataError(
            f'"{column}" of {name} must hold dates of one style; {len(odd):,} of {len(texts):,} '
            f"are not read, such as {str(odd[0])[:40]!r}: write them as 2024-01-31."
        )
    if getattr(read.dtype, "time_zone", None) is not None:
        read = read.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return np.asarray(read.cast(pl.Datetime("us")).to_numpy())


def _calendar(known: pl.Series) -> str | None:
    """The pattern of "1949-01", "1949M1" or "1949Q1" that all texts have."""
    return next((form for form in MONTHS if known.str.contains(form).all()), None)


def _from_numbers(series: pl.Series, name: str) -> Array:
    import polars as pl

    missing = series.null_count()
    values = series.cast(pl.Float64).to_numpy()
    missing += int(np.isnan(values).sum()) if not missing else 0
    if missing or not np.isfinite(values).all():
        raise DataError(
            f'"{series.name}" of {name} must hold a number in every row to order them; '
            f"{missing or 'some'} are missing: fill them in, or leave those rows out."
        )
    if (values == np.floor(values)).all():
        texts = series.cast(pl.Int64).cast(pl.String)
        if len(texts) and texts.str.contains(COMPACT).all():
            days = texts.str.to_date("%Y%m%d", strict=False)
            if not days.null_count():
                return np.asarray(days.cast(pl.Datetime("us")).to_numpy())
        return values.astype(np.int64)
    if values.min() >= YEARS[0] and values.max() < YEARS[1]:
        for count in PARTS:
            parts = values * count
            if np.abs(parts - np.round(parts)).max() < 0.05:
                months = np.round(parts).astype(np.int64) * (12 // count) - 1970 * 12
                return months.astype("datetime64[M]").astype("datetime64[us]")
    raise DataError(
        f'"{series.name}" of {name} must hold dates, whole numbers or decimal years of months or '
        f"quarters; it holds {values[0]:g}: write dates as 2024-01-31."
    )


def begin(name: str) -> str:
    """A source's name at the beginning of a sentence: "The frame", "sales.csv"."""
    return "The" + name.removeprefix("the") if name.startswith("the ") else name


def check_name(frame: pl.DataFrame, column: str, what: str, name: str) -> None:
    """Raise DataError for a column that is not there, with the nearest names."""
    if column not in frame.columns:
        raise DataError(
            f'{begin(name)} has no column "{column}", which {what} names.'
            f"{nearest(column, frame.columns) or ' It has ' + ', '.join(frame.columns[:10]) + '.'}"
        )
