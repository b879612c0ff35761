"""Delimited text: .csv and .tsv tables, and .txt files that are tables; plain or gzipped.

Found out by itself, and said aloud where it is unusual: the encoding (UTF-8 with or without mark,
UTF-16 with mark, else Windows-1252), the separator (comma, semicolon, tab or bar), whether there
is a header (a first line of numbers alone is none), decimal commas in files that semicolons or
tabs separate, and every column's type from all of its values.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from ranvier.data.inference import MISSING, clean, infer
from ranvier.data.plain_text import read_bytes
from ranvier.data.sources.registry import Loaded, file_source, unique_names
from ranvier.data.sources.separators import misfits, sniff
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

DECIMAL_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?([eE][+-]?\d+)?$"
SAMPLE = 1 << 16  # characters from which separator and header are read


@file_source(".csv", ".tsv", ".csv.gz", ".tsv.gz")
def read(path: Path) -> Loaded:
    """A frame of typed columns; see the module."""
    import polars as pl

    data = read_bytes(path)
    refuse_other_kinds(path, data)
    data, notes = _utf8(path, data)
    if b"\n" not in data:  # the line ends of old Macintosh files
        data = data.replace(b"\r", b"\n")
    data = data.lstrip(b"\r\n")
    if not data.strip():
        raise DataError(f"{path.name} is empty: a table needs a header line and rows.")
    separator = sniff(data[:SAMPLE].decode("utf-8", "ignore"), tab=".tsv" in path.name.lower())
    first, body = first_record(data, separator)
    quoting, notes = _check_lines(path, data, separator, len(first), notes)
    header = not all_numbers(first)
    if header:
        names, renamed = unique_names([name.strip() for name in first])
        notes += renamed
    else:
        names, body = [f"column_{number}" for number in range(1, len(first) + 1)], data
        notes += ("the file has no header: its columns are called column_1, column_2, ...",)
    if not body.strip(b"\r\n"):
        raise DataError(f"{path.name} has a header and no rows: there is nothing to learn.")
    frame = parse(path, body, separator, names, quoting)
    # polars reads a blank line as a row of nulls; a row that says NA everywhere is still a row
    if frame.width > 1:
        frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
    if separator in ";\t":
        frame = frame.with_columns([decimal_commas(series) for series in frame.iter_columns()])
    return Loaded(
        frame.with_columns([infer(series) for series in frame.iter_columns()]),
        notes=notes,
        header=header,
    )


# What people save or download by mistake: how it begins, what it is, what would help.
_OTHERS = (
    (b"<!doctype", "HTML", "download the file itself, not the page that shows it"),
    (b"<html", "HTML", "download the file itself, not the page that shows it"),
    (b"<?xml", "XML", "export the table as CSV"),
    (b'{"', "JSON", "convert it first, for instance with polars.read_json"),
    (b'[{"', "JSON", "convert it first, for instance with polars.read_json"),
    (b"pk\x03\x04", "a zip, as spreadsheets are", "export the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet", "export the table as CSV"),
    (b"\x89png", "a picture", "name a table"),
    (b"\xff\xd8\xff", "a picture", "name a table"),
    (b"%pdf", "a PDF", "name a table"),
    (b"par1", "Parquet", "call it .parquet"),
    (b"arrow1", "Feather", "call it .feather"),
    (b"\x1f\x8b", "gzip", "add .gz to its name"),
)


def refuse_other_kinds(path: Path, data: bytes) -> None:
    """Raise DataError for a file that begins like something else than a table of text."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, kind, advice in _OTHERS:
        if start.startswith(beginning):
            raise DataError(
                f"{path.name} is not a table of text (it begins like {kind}): {advice}."
            )


def _utf8(path: Path, data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The same text in UTF-8 without mark, and a note where it was written otherwise."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").encode(), ("the file is UTF-16",)
        except UnicodeDecodeError as error:
            raise DataError(
                f"{path.name} begins like UTF-16 text and is not: save it as UTF-8."
            ) from error
    if b"\0" in data[:SAMPLE]:
        raise DataError(f"{path.name} is not text (it holds zero bytes): is its suffix right?")
    try:
        if not data.isascii():
            data.decode("utf-8")
        return data, ()
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at offset {error.start:,}"
        text = data.decode("cp1252", "replace")
        return text.encode(), (f"{path.name} is not UTF-8 ({found}): read as Windows-1252",)


def first_record(data: bytes, separator: str) -> tuple[list[str], bytes]:
    """The fields of the first record, and the bytes after it (it may hold quoted line ends)."""
    end = -1
    while True:
        end = data.find(b"\n", end + 1)
        record = data if end < 0 else data[: end + 1]
        if end < 0 or record.count(b'"') % 2 == 0:
            break
    lines = io.StringIO(record.decode("utf-8").rstrip("\r\n"), newline="")
    fields = next(csv.reader(lines, delimiter=separator), [])
    return fields, b"" if end < 0 else data[end + 1 :]


def _check_lines(
    path: Path, data: bytes, separator: str, width: int, notes: tuple[str, ...]
) -> tuple[bool, tuple[str, ...]]:
    """Every record must have as many fields as the first; whether quotes are to be obeyed."""
    if width == 1:
        return True, notes
    wrong = misfits(data, separator, width, quoted=True)
    if not wrong:
        return True, notes
    if b'"' in data and not misfits(data, separator, width, quoted=False):
        return False, (*notes, "quotation marks are read as ordinary characters")
    line, fields = wrong[0]
    more = f" ({len(wrong):,} such lines)" if len(wrong) > 1 else ""
    raise DataError(
        f"{path.name}, line {line:,} has {fields} field{'s' if fields != 1 else ''} where the "
        f"first line has {width}{more}: repair it, or quote values that hold {separator!r}."
    )


def all_numbers(fields: list[str]) -> bool:
    """A first line of numbers (or missing values) alone is data, not names."""
    found = [field.strip() for field in fields if field.strip() not in MISSING]
    try:
        return bool([float(field.replace(",", ".")) for field in found])
    except ValueError:
        return False


def parse(path: Path, body: bytes, separator: str, names: list[str], quoting: bool) -> pl.DataFrame:
    """Every column as text; types are found afterwards, from the whole column."""
    import polars as pl

    try:
        return pl.read_csv(
            body,
            has_header=False,
            separator=separator,
            schema=dict.fromkeys(names, pl.String),
            quote_char='"' if quoting else None,
        )
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"{path.name} cannot be read as a table of {len(names)} columns: save it again as CSV."
        ) from error


def decimal_commas(series: pl.Series) -> pl.Series:
    """Numbers like 1.234,5 as 1234.5 where the whole column is written so."""
    cleaned = clean(series)
    known = cleaned.drop_nulls()
    if known.is_empty() or not known.str.contains(",", literal=True).any():
        return series
    if not known.str.contains(DECIMAL_COMMA).all():
        return series
    return cleaned.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
