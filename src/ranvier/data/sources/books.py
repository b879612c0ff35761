"""Plain text: .txt and .md files, also gzipped, whose lines follow one another.

A .txt file whose lines all have as many fields as the first is a table; see `csv`.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from ranvier.data.corpus import Corpus
from ranvier.data.plain_text import decoded, read_bytes
from ranvier.data.sources import csv
from ranvier.data.sources.registry import Loaded, file_source
from ranvier.data.sources.separators import misfits, sniff
from ranvier.errors import DataError, TargetError

TABULAR = (".txt", ".txt.gz")  # which may be tables
SUFFIXES = (*TABULAR, ".md", ".md.gz")
LOOKED_AT = 1 << 16  # bytes of a file that may be a table
PAGES = ("<!doctype html", "<html")


@file_source(*SUFFIXES)
def read(path: Path) -> Loaded:
    """A corpus of one text, or the table that it is."""
    if is_table(path):
        return csv.read(path)
    try:
        text, encoding = decoded(read_bytes(path))
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path.name} {error}: name a file of plain text, or save it as one in UTF-8."
        ) from None
    if not text or text.isspace():
        raise DataError(f"{path.name} is empty: a text to learn from needs words.")
    if text[:64].lstrip().lower().startswith(PAGES):
        raise DataError(
            f"{path.name} is a page of the web (it begins like HTML): download the text itself, "
            "not the page that shows it."
        )
    notes = (f"{path.name} is not UTF-8: read as {encoding}",) if encoding else ()
    return Loaded(Corpus.book(text), notes=notes)


def read_as_table(path: Path) -> Loaded:
    """The table that the file is said to be.

    Raises:
        DataError: its lines do not fit.
        TargetError: it has no columns.
    """
    loaded = csv.read(path) if path.name.lower().endswith(TABULAR) else None
    if loaded is None or len(loaded.inputs.columns) == 1:  # type: ignore[union-attr]
        raise TargetError(
            f"{path.name} is plain text, which has no columns: leave target= out, or name a table."
        )
    return loaded


def is_table(path: Path) -> bool:
    """Whether all lines have as many fields as the first, and more than one; or hold a number each.

    Where most separators are followed by a blank, as in a letter, it is none.
    """
    if not path.name.lower().endswith(TABULAR):
        return False
    text = _beginning(path).strip()
    lines = text.splitlines()
    if len(lines) < 2:
        return False
    if csv.all_numbers(lines[1:]):
        return True
    separator = sniff(text)
    if len(re.findall(re.escape(separator) + r"\s", text)) > text.count(separator) / 2:
        return False
    width = len(lines[0].split(separator))
    return width > 1 and not misfits(text.encode(), separator, width, quoted=True)


def _beginning(path: Path) -> str:
    """The first whole lines; empty where they cannot be read, which is said later."""
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rb") as file:
            data = file.read(LOOKED_AT)
        if len(data) == LOOKED_AT:
            data = data[: data.rfind(b"\n") + 1]
        return decoded(data)[0]
    except (OSError, EOFError, zlib.error, ValueError):
        return ""
