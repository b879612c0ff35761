"""Tables that are read in pieces: a text file, a Parquet or Feather file, or a folder of such."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ranvier.data.streams.columnar import FORMS, ColumnarTable
from ranvier.data.streams.places import BEGINNING, InPlaces, Place
from ranvier.data.streams.text import TextTable
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

TEXT = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
COLUMNAR = tuple(suffix for form in FORMS for suffix in form.suffixes)
# Bytes in memory for a byte in the file, when all of it is read: the text, its values as text
# and their types stand side by side for a while.
TEXT_GROWS, GZIP_GROWS, COLUMNAR_GROWS = 5, 20, 2


class Table(InPlaces, Protocol):
    """A table and what is known of it."""

    @property
    def path(self) -> Path:
        """Of its file, or of the folder."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns."""

    @property
    def label(self) -> str:
        """For messages."""

    @property
    def header(self) -> bool:
        """Whether the names were given by the source."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should be told."""


@dataclass(frozen=True)
class FolderTable(InPlaces):
    """Files with the same columns, one after the other in the order of their names."""

    path: Path
    parts: tuple[Table, ...]

    @classmethod
    def open(cls, path: Path) -> FolderTable:
        """Look at the beginning of every file.

        Raises:
            DataError: the files differ in their columns.
        """
        parts = tuple(open_file(file) for file in files_in(path))
        first = parts[0]
        for part in parts[1:]:
            if part.names != first.names:
                raise DataError(f"{path}: {_difference(first, part)}")
            if isinstance(first, ColumnarTable) and isinstance(part, ColumnarTable):
                for name, dtype in part.schema.items():
                    other = first.schema[name]
                    if dtype != other and not (dtype.is_numeric() and other.is_numeric()):
                        raise DataError(
                            f'{path}: the column "{name}" is {other} in {first.label} and {dtype} '
                            f"in {part.label}; write all files alike."
                        )
        return cls(path, parts)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns of every file."""
        return self.parts[0].names

    @property
    def label(self) -> str:
        """For messages."""
        return self.path.name

    @property
    def header(self) -> bool:
        """Whether the names were given by the files."""
        return self.parts[0].header

    @property
    def notes(self) -> tuple[str, ...]:
        """Of all files, each once."""
        notes = dict.fromkeys(note for part in self.parts for note in part.notes)
        return (f"{len(self.parts):,} files, read in the order of their names", *notes)

    def placed(
        self,
        kinds: Mapping[str, Any] | None = None,
        start: Place = BEGINNING,
        *,
        checked: bool = False,
    ) -> Iterator[tuple[Place, pl.DataFrame]]:
        """The rows of each file in turn, from a place in one of them on."""
        for number, part in enumerate(self.parts[start.file :], start.file):
            first = Place(0, start.at if number == start.file else 0)
            for place, frame in part.placed(kinds, first, checked=checked):
                yield Place(number, place.at), frame


def open_file(path: Path) -> Table:
    """One file by its suffix."""
    return (ColumnarTable if _has(path, COLUMNAR) else TextTable).open(path)


def open_table(path: Path) -> Table:
    """A file or a folder."""
    return FolderTable.open(path) if path.is_dir() else open_file(path)


def as_windows_1252(table: Table) -> Table:
    """The same table, with its text in the encoding of what is not UTF-8."""
    if isinstance(table, FolderTable):
        return FolderTable(table.path, tuple(as_windows_1252(part) for part in table.parts))
    return table.as_windows_1252() if isinstance(table, TextTable) else table


def files_in(path: Path) -> list[Path]:
    """The tables of a folder, if these are all of one suffix; else none."""
    files = sorted(f for f in path.iterdir() if f.is_file() and not f.name.startswith((".", "_")))
    for suffixes in (TEXT, *(form.suffixes for form in FORMS)):
        if files and all(_has(file, suffixes) for file in files):
            return files
    return []


def streamable(path: Path) -> bool:
    """Whether this can be read in pieces."""
    if path.is_dir():
        return bool(files_in(path))
    return path.is_file() and _has(path, (*TEXT, *COLUMNAR))


def memory_needed(path: Path) -> int:
    """About how many bytes it would take to read the whole at once."""
    if path.is_dir():
        return sum(memory_needed(file) for file in files_in(path))
    if _has(path, COLUMNAR):
        table = ColumnarTable.open(path)
        return COLUMNAR_GROWS * table.rows * table.row_bytes
    size = path.stat().st_size
    return size * (GZIP_GROWS if path.name.lower().endswith(".gz") else TEXT_GROWS)


def stated_kind(table: Table, name: str) -> Any:
    """The type that the files themselves state of a column; None for text."""
    first = table.parts[0] if isinstance(table, FolderTable) else table
    return first.schema[name] if isinstance(first, ColumnarTable) else None


def share_before(table: Table) -> Callable[[Place], float]:
    """What tells which share of the bytes lies before a place, about; of gzipped ones it cannot."""
    parts = table.parts if isinstance(table, FolderTable) else (table,)
    sizes = [part.path.stat().st_size for part in parts]
    before = list(accumulate(sizes, initial=0))

    def share(place: Place) -> float:
        part, size = parts[place.file], sizes[place.file]
        length = part.rows if isinstance(part, ColumnarTable) else size
        known = length and not part.path.name.lower().endswith(".gz")
        inside = size * min(1.0, place.at / length) if known else 0.0
        return (before[place.file] + inside) / max(1, before[-1])

    return share


def nothing_in(table: Table) -> str:
    """What is wrong with a table without rows."""
    return f"{table.label} has a header and no rows: there is nothing to learn."


def _has(path: Path, suffixes: tuple[str, ...]) -> bool:
    return path.name.lower().endswith(suffixes)


def _difference(first: Table, other: Table) -> str:
    """How the columns of two files differ."""
    ours, theirs = set(first.names), set(other.names)
    if ours - theirs:
        name = next(n for n in first.names if n not in theirs)
        return f'{other.label} has no column "{name}", which {first.label} has; write all alike.'
    if theirs - ours:
        name = next(n for n in other.names if n not in ours)
        return f'{other.label} has a column "{name}", which {first.label} has not; write all alike.'
    return f"{other.label} has the columns of {first.label} in another order; write all alike."
