"""From text to values: what a column of strings holds.

Only what cannot be misread is decided here, from all values of the column:

- the markers in `MISSING` (and blanks around any value) are missing values;
- every value a whole number -> Int64; every value a number -> Float64. Digits with a leading
  zero ("007", postal codes) are names, not numbers, and stay text;
- every value true or false, in any case -> Boolean;
- every value an ISO 8601 date or date-time -> Date or Datetime (to UTC where an offset is given);
- anything else stays text. Other date styles are left to preprocessing, which remembers the style.
  A column that holds a comma or a bracket by itself lists the words of texts, one in each row: in
  it "." and "?" are words as well, and only the empty ones are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "NA", "N/A", "n/a", "nan", "NaN", "null", "NULL", "None", "?", "-", ".")
ISO_FORMATS = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
)
SIGNS = (",", "(", ")")  # that stand alone among words only
LOOK_AHEAD = 100  # values tried first, so that a column of words costs nothing


def clean(series: pl.Series) -> pl.Series:
    """String series without surrounding blanks, missing markers as nulls."""
    import polars as pl

    stripped = series.str.strip_chars()
    empty = pl.Series([None], dtype=pl.String)
    return stripped.zip_with(~stripped.is_in(list(MISSING)), empty)


def numbers(series: pl.Series) -> pl.Series:
    """String series -> Float64; null where the text is no number, or has a leading zero."""
    import polars as pl

    parsed = series.cast(pl.Float64, strict=False)
    if parsed.null_count() == len(parsed):
        return parsed
    padded = series.str.contains(r"^[+-]?0\d+$")
    return parsed.set(padded.fill_null(False), None) if padded.any() else parsed


def infer(series: pl.Series) -> pl.Series:
    """A string series as the narrowest type that holds every value; see the module."""
    import polars as pl

    if series.dtype != pl.String:
        return series
    cleaned = clean(series)
    known = cleaned.drop_nulls()
    if known.is_empty():
        return cleaned
    sample = known.head(LOOK_AHEAD)
    if numbers(sample).null_count() == 0:
        parsed = numbers(cleaned)
        if parsed.null_count() == cleaned.null_count():
            whole = cleaned.cast(pl.Int64, strict=False)
            return whole if whole.null_count() == cleaned.null_count() else parsed
    if set(sample.str.to_lowercase()) <= {"true", "false"}:
        folded = cleaned.str.to_lowercase()
        if folded.drop_nulls().is_in(["true", "false"]).all():
            return folded == "true"
    if sample.str.contains(r"^\d{4}-\d{2}-\d{2}").all():
        return iso_dates(cleaned)
    if known.is_in(list(SIGNS)).any():
        stripped = series.str.strip_chars()
        return stripped.set(stripped == "", None)
    return cleaned


def iso_dates(series: pl.Series) -> pl.Series:
    """String series as Date or Datetime where every value is ISO 8601, else unchanged."""
    missing = series.null_count()
    dates = series.str.to_date("%Y-%m-%d", strict=False)
    if dates.null_count() == missing:
        return dates
    zoned = series.str.contains(r"[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$")
    if zoned.all():
        # one spelling of the offset, so that one format reads them all
        plain = series.str.replace(r"Z$", "+00:00").str.replace(r"([+-]\d{2})(\d{2})$", "$1:$2")
        for form in ISO_FORMATS:
            moments = plain.str.to_datetime(form + "%:z", strict=False, time_unit="us")
            if moments.null_count() == missing:
                return moments
        return series
    for form in ISO_FORMATS:
        moments = series.str.to_datetime(form, strict=False, time_unit="us")
        if moments.null_count() == missing:
            return moments
    return series


def from_objects(name: str, values: list[Any]) -> pl.Series:
    """Python values of any kind -> the series they amount to; odd objects become their text."""
    import numpy as np
    import polars as pl

    kinds = {type(value) for value in values} - {type(None)}
    if kinds and all(issubclass(kind, (bool, np.bool_)) for kind in kinds):
        return pl.Series(name, [None if v is None else bool(v) for v in values], dtype=pl.Boolean)
    if kinds and all(issubclass(kind, (int, float, np.number)) for kind in kinds):
        as_floats = [None if v is None else float(v) for v in values]
        return pl.Series(name, as_floats, dtype=pl.Float64).fill_nan(None)
    if kinds and all(kind.__module__ == "datetime" for kind in kinds):
        try:
            return pl.Series(name, values)
        except (TypeError, pl.exceptions.PolarsError):
            pass  # dates mixed with times: text will do
    texts = [None if absent(value) else str(value) for value in values]
    return infer(pl.Series(name, texts, dtype=pl.String))


def absent(value: object) -> bool:
    """None, NaN, NaT and the like: the only values that differ from themselves."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # pandas.NA has no truth value; arrays have many
        return type(value).__name__ == "NAType"
