"""The type of a column that comes in pieces: the narrowest that holds every value.

A piece of text is read as `inference.infer` reads a whole column. What the pieces are taken for
is then widened to one type: whole numbers and fractions to fractions, anything else that
differs to text. So the whole column gets the type that it would get in one piece.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from ranvier.data.inference import LOOK_AHEAD, clean, infer, numbers

if TYPE_CHECKING:
    import polars as pl


def typed(text: pl.DataFrame, *, texts: Collection[str] = ()) -> pl.DataFrame:
    """Each column of text as `infer` reads it; those in `texts` stay text.

    Columns of plain numbers, most of a large file, take a shorter way to the same values.
    Columns that are numbers already stay.
    """
    import polars as pl

    columns = [name for name, dtype in text.schema.items() if dtype == pl.String]
    names = [name for name in columns if name not in texts]
    likely = [name for name in names if _begins_with_numbers(text[name])]
    parsed = text.select(pl.col(likely).cast(pl.Float64, strict=False))
    odd = {
        name for name in likely if parsed[name].null_count() or parsed[name].is_nan().any()
    } | padded(text, parsed)
    whole = [name for name in likely if name not in odd and all_whole(parsed[name])]
    integers = text.select(pl.col(whole).cast(pl.Int64, strict=False))
    result = [clean(text[name]) for name in columns if name in texts]
    for name in names:
        if name not in likely or name in odd:
            result.append(infer(text[name]))
        elif name in whole and not integers[name].null_count():
            result.append(integers[name])
        else:
            result.append(parsed[name])
    return text.with_columns(result)


def _begins_with_numbers(series: pl.Series) -> bool:
    known = clean(series.head(LOOK_AHEAD)).drop_nulls()
    return bool(len(known)) and numbers(known).null_count() == 0


def all_whole(parsed: pl.Series) -> bool:
    """Whether no number has a fraction; the first ones tell mostly."""
    first = parsed.head(LOOK_AHEAD)
    return bool((first == first.floor()).all() and (parsed == parsed.floor()).all())


def padded(text: pl.DataFrame, parsed: pl.DataFrame) -> set[str]:
    """Columns of `parsed` in which a whole number may have leading zeros, as names have."""
    import polars as pl

    names = [name for name in parsed.columns if has_whole(parsed[name])]
    column = pl.col(names).str
    zero = column.starts_with("0") & (column.len_bytes() > 1)
    signed = (column.starts_with("-0") | column.starts_with("+0")) & (column.len_bytes() > 2)
    found = text.select((zero | signed).any()) if names else pl.DataFrame()
    return {
        name for name in found.columns if found[name][0] and _padded_whole(text[name], parsed[name])
    }


def _padded_whole(text: pl.Series, parsed: pl.Series) -> bool:
    spelled = text.filter((parsed == parsed.floor()).fill_null(False))
    return bool(spelled.str.contains(r"^\s*[+-]?0\d").any())


def has_whole(parsed: pl.Series) -> bool:
    """Whether some number has no fraction."""
    return bool(parsed.dtype.is_integer() or (parsed == parsed.floor()).any())


def kind_of(series: pl.Series) -> pl.DataType | None:
    """Its type; None where it has no value to tell."""
    return None if series.null_count() == len(series) else series.dtype


def widened(one: Any, other: Any) -> Any:
    """The narrowest type that holds the values of both; None stands for no value."""
    import polars as pl

    if one is None or other is None or one == other:
        return one if other is None else other
    if one.is_numeric() and other.is_numeric():
        both = one.is_integer() and other.is_integer() and pl.UInt64 not in (one, other)
        return pl.Int64() if both else pl.Float64()
    return pl.String()


def spelled(kind: Any) -> str:
    """A type that text can be found to be, as a word; "stated" for those that only files state."""
    if kind is None:
        return "none"
    return next((word for word, known in _words().items() if known == kind), "stated")


def kind_spelled(word: str, stated: Any) -> Any:
    """The type of a word; `stated` is what the file states.

    Raises:
        KeyError: there is no such word.
    """
    return {**_words(), "none": None, "stated": stated}[word]


def _words() -> dict[str, Any]:
    import polars as pl

    return {
        "integer": pl.Int64(),
        "float": pl.Float64(),
        "text": pl.String(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "datetime": pl.Datetime("us"),
        "moment": pl.Datetime("us", "UTC"),
    }


def as_kind(series: pl.Series, kind: Any) -> pl.Series:
    """A piece as the type of its whole column, which holds every value of it."""
    import polars as pl

    if series.dtype == kind:
        return series
    if series.null_count() == len(series):
        return pl.Series(series.name, [None], dtype=kind).new_from_index(0, len(series))
    return series.cast(kind)


def as_kinds(frame: pl.DataFrame, kinds: Mapping[str, Any]) -> pl.DataFrame:
    """Each column of a frame as the type of its whole column."""
    return frame.with_columns([as_kind(s, kinds[s.name]) for s in frame.iter_columns()])


def as_whole(frame: pl.DataFrame, kinds: Mapping[str, Any]) -> pl.DataFrame:
    """A piece as it was read, in the types of its whole columns; None stands for no value."""
    import polars as pl

    known = {n: pl.String() if k is None else k for n, k in kinds.items()}
    texts = any(frame[n].dtype == pl.String and known[n] != pl.String for n in frame.columns)
    return read_as(frame, known) if texts else as_kinds(frame, known)


def read_as(text: pl.DataFrame, kinds: Mapping[str, Any]) -> pl.DataFrame:
    """Columns of text as types that are known to hold every value."""
    import polars as pl

    words = [name for name in text.columns if kinds[name] == pl.String]
    return as_kinds(typed(text, texts=words), kinds)
