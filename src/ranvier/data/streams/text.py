"""A delimited text file in pieces of whole records; what `sources.csv` reads in one piece."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.sources.csv import (
    SAMPLE,
    all_numbers,
    decimal_commas,
    first_record,
    parse,
    refuse_other_kinds,
)
from ranvier.data.sources.registry import unique_names
from ranvier.data.sources.separators import misfits, sniff
from ranvier.data.streams.direct import Direct, has_blank_lines, line_ends
from ranvier.data.streams.places import BEGINNING, InPlaces, Place
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

PIECE = 1 << 22  # bytes that are parsed together
LONGEST = 1 << 26  # bytes of one record: a quotation mark that is never closed swallows the rest


@dataclass(frozen=True)
class TextTable(InPlaces):
    """A text file, known by its first lines.

    Attributes:
        path: where it lies.
        names: of its columns.
        header: whether they stand in the file.
        notes: what a reader should be told.
        separator: between fields.
        quoting: whether quotation marks are obeyed.
        encoding: "utf-8", "utf-16" or "cp1252".
        commas: columns that write decimal commas.
        returns: whether lines end as on old Macintoshes.
    """

    path: Path
    names: tuple[str, ...]
    header: bool
    notes: tuple[str, ...]
    separator: str
    quoting: bool = True
    encoding: str = "utf-8"
    commas: frozenset[str] = frozenset()
    returns: bool = False

    @classmethod
    def open(cls, path: Path) -> TextTable:
        """Look at the beginning of a file.

        Raises:
            DataError: it is empty, or no table of text.
        """
        with _opened(path) as file:
            head = _read(file, SAMPLE, path)
        refuse_other_kinds(path, head)
        encoding = "utf-8"
        notes: tuple[str, ...] = ()
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding, notes = "utf-16", ("the file is UTF-16",)
        elif b"\0" in head:
            raise DataError(f"{path.name} is not text (it holds zero bytes): is its suffix right?")
        returns = b"\r" in head and b"\n" not in head
        table = cls(path, (), True, notes, ",", encoding=encoding, returns=returns)
        try:
            _, beginning = next(table._pieces(), (0, b""))
        except UnicodeDecodeError:
            table = table.as_windows_1252()
            _, beginning = next(table._pieces(), (0, b""))
        if not beginning.strip():
            raise DataError(f"{path.name} is empty: a table needs a header line and rows.")
        text = beginning[:SAMPLE].decode("utf-8", "ignore")
        separator = sniff(text, tab=".tsv" in path.name.lower())
        fields, _ = first_record(beginning, separator)
        if all_numbers(fields):
            note = "the file has no header: its columns are called column_1, column_2, ..."
            names = tuple(f"column_{number}" for number in range(1, len(fields) + 1))
            table = replace(table, names=names, header=False, notes=(*table.notes, note))
        else:
            found, renamed = unique_names([name.strip() for name in fields])
            table = replace(table, names=tuple(found), notes=(*table.notes, *renamed))
        table = replace(table, separator=separator)
        return table._looked_into(beginning)

    @property
    def label(self) -> str:
        """For messages."""
        return self.path.name

    def as_windows_1252(self) -> TextTable:
        """The same file, read in the encoding of what is not UTF-8."""
        note = f"{self.path.name} is not UTF-8: read as Windows-1252"
        return replace(self, encoding="cp1252", notes=(*self.notes, note))

    def _looked_into(self, beginning: bytes) -> TextTable:
        """With what the first piece tells: whether marks are quotes, where commas are points."""
        width, quoting = len(self.names), True
        if (
            width > 1
            and b'"' in beginning
            and misfits(beginning, self.separator, width, quoted=True)
        ):
            quoting = bool(misfits(beginning, self.separator, width, quoted=False))
        table = self
        if not quoting:
            note = "quotation marks are read as ordinary characters"
            table = replace(self, quoting=False, notes=(*self.notes, note))
        if self.separator not in ";\t":
            return table
        body = first_record(beginning, self.separator)[1] if self.header else beginning
        if not body.strip() or (width > 1 and misfits(body, self.separator, width, quoted=quoting)):
            return table
        frame = parse(self.path, body, self.separator, list(self.names), quoting)
        commas = {s.name for s in frame.iter_columns() if decimal_commas(s) is not s}
        return replace(table, commas=frozenset(commas))

    def placed(
        self,
        kinds: Mapping[str, Any] | None = None,
        start: Place = BEGINNING,
        *,
        checked: bool = False,
    ) -> Iterator[tuple[Place, pl.DataFrame]]:
        """The rows in order, each frame with the byte of the text in which its piece begins.

        Args:
            kinds: what columns are taken for so far; may change while rows are read.
            start: where to begin, as an earlier frame was placed.
            checked: look at the number of fields in each line.

        Raises:
            DataError: a line with another number of fields, with its number where all are read.
            UnicodeDecodeError: the text is not of this encoding.
        """
        line, header = 1, self.header and not start.at
        direct = Direct(self.separator, self.quoting)
        for at, piece in self._pieces(start.at):
            body, ends = piece, line_ends(piece)
            if checked and not self._adds_up(piece, ends):
                self._check(piece, line)
            if header and piece.strip(b"\r\n"):
                body, header = first_record(piece, self.separator)[1], False
            fractions = {
                name
                for name, kind in (kinds or {}).items()
                if kind is not None and kind.is_float() and name not in self.commas
            }
            try:
                within = ends if body is piece else line_ends(body)
                empty = self._has_empty_rows(body, within)
                straight = body is piece and not empty
                frame = direct.read(body, ends, self.names, fractions) if straight else None
                if frame is None and body.strip(b"\r\n"):
                    frame = self._frame(body, empty)
            except DataError:
                self._check(piece, line)
                raise
            line += len(ends)
            if frame is not None:
                yield Place(0, at), self._with_points(frame)

    def _has_empty_rows(self, body: bytes, ends: np.ndarray[Any, Any]) -> bool:
        """Whether some line is blank, or may hold separators alone: no row, where all is read."""
        width = len(self.names)
        if has_blank_lines(body, ends) or width == 1:
            return has_blank_lines(body, ends)
        lengths = np.diff(ends, prepend=-1, append=len(body)) - 1
        if lengths[: len(ends) + (not body.endswith(b"\n"))].min() > width:
            return False
        row, lines = self.separator.encode() * (width - 1), b"\n" + body + b"\n"
        return b"\n" + row + b"\n" in lines or b"\n" + row + b"\r" in lines

    def _frame(self, body: bytes, empty: bool) -> pl.DataFrame:
        import polars as pl

        frame = parse(self.path, body, self.separator, list(self.names), self.quoting)
        if frame.width > 1 and empty:
            frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
        return frame

    def _with_points(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Decimal points instead of commas."""
        if not self.commas:
            return frame
        return frame.with_columns([decimal_commas(frame[name]) for name in self.commas])

    def _adds_up(self, piece: bytes, ends: np.ndarray[Any, Any]) -> bool:
        """Whether the piece has as many separators as its lines must have in all.

        A line with too many, which the parser refuses, is the only way to make up for one with
        too few.
        """
        width = len(self.names)
        if width == 1:
            return True
        if b'"' in piece or has_blank_lines(piece, ends):
            return False
        lines = len(ends) + (not piece.endswith(b"\n"))
        return piece.count(self.separator.encode()) == lines * (width - 1)

    def _check(self, piece: bytes, line: int) -> None:
        """Raise DataError for a line with another number of fields than the first."""
        width = len(self.names)
        wrong = misfits(piece, self.separator, width, quoted=self.quoting)
        if wrong:
            number, fields = wrong[0]
            raise DataError(
                f"{self.path.name}, line {line + number - 1:,} has {fields} "
                f"field{'s' if fields != 1 else ''} where the first line has {width}: repair it, "
                f"or quote values that hold {self.separator!r}."
            )

    def _pieces(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """The text in UTF-8, in pieces that end where a record does; and where each begins.

        That is its byte in the file, of a gzipped one in what is packed; `start` is one of these.
        """
        decoder = codecs.getincrementaldecoder(self.encoding)("strict" if self.encoding != "cp1252"
                                                              else "replace")  # fmt: skip
        with _opened(self.path) as file:
            if start and self.encoding == "utf-16":
                decoder.decode(_read(file, len(codecs.BOM_UTF16), self.path))  # which end is first
            file.seek(start)
            rest, first, over = b"", not start, False
            at = stop = start
            while not over:
                raw = _read(file, PIECE, self.path)
                over = not raw
                if not (self.encoding == "utf-8" and raw.isascii() and not decoder.getstate()[0]):
                    raw = self._decoded(decoder, raw, over)
                if first:
                    stop += len(codecs.BOM_UTF16) * (self.encoding == "utf-16" and not stop)
                    kept = raw.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
                    stop += self._size(raw[: len(raw) - len(kept)])
                    raw, first = kept, not kept
                rest += raw.replace(b"\r", b"\n") if self.returns else raw
                end = len(rest) if over else _end_of_record(rest, self.quoting)
                if end:
                    yield at, rest[:end]
                    stop += self._size(rest[:end])
                    at, rest = stop, rest[end:]
                elif len(rest) > LONGEST:
                    raise DataError(
                        f"{self.path.name} has a record longer than {LONGEST >> 20} MB, after one "
                        f"that begins {rest[:40].decode('utf-8', 'ignore')!r}: is a quotation mark "
                        "not closed?"
                    )

    def _size(self, text: bytes) -> int:
        """Bytes that a piece takes in its file."""
        if self.encoding == "utf-8":
            return len(text)
        encoding = "utf-16-le" if self.encoding == "utf-16" else "utf-32-le"
        size = len(text.decode().encode(encoding))
        return size if self.encoding == "utf-16" else size // 4  # a byte for each character

    def _decoded(self, decoder: codecs.IncrementalDecoder, raw: bytes, over: bool) -> bytes:
        try:
            return decoder.decode(raw, over).encode()
        except UnicodeDecodeError as error:
            if self.encoding == "utf-16":
                raise DataError(
                    f"{self.path.name} begins like UTF-16 text and is not: save it as UTF-8."
                ) from error
            raise


def _opened(path: Path) -> Any:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path)
    return open(path, "rb", buffering=0)


def _read(file: Any, size: int, path: Path) -> bytes:
    try:
        return bytes(file.read(size))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path.name} is not a whole gzip file (foreign or cut short): copy it again."
        ) from error


def _end_of_record(piece: bytes, quoting: bool) -> int:
    """Where the last whole record ends; 0 where none does."""
    end = piece.rfind(b"\n") + 1
    if not quoting or piece.count(b'"', 0, end) % 2 == 0:
        return end
    raw = np.frombuffer(piece, np.uint8)
    inside = np.bitwise_xor.accumulate(raw == ord('"'))
    ends = np.flatnonzero((raw == ord("\n")) & ~inside)
    return int(ends[-1]) + 1 if len(ends) else 0
