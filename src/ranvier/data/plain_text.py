"""The bytes of a text file, unpacked where they are gzipped, and as text in whatever encoding."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from ranvier.errors import DataError

LOOKED_AT = 1 << 13  # bytes in which control characters are counted
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b")
MOST_CONTROL = 0.02  # the share of control characters from which bytes are no text
MARKS = (
    (b"\xef\xbb\xbf", "utf-8", ""),
    (b"\xff\xfe\0\0", "utf-32", "UTF-32"),
    (b"\0\0\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)  # what a text begins with, its codec, and what is said about it
OTHERS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip, as documents are"),
    (b"\xd0\xcf\x11\xe0", "an old document of an office program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "gzip"),
)
WINDOWS = "Windows-1252"


def read_bytes(path: Path) -> bytes:
    """The content of a file; that of the file inside where its name ends in .gz.

    Raises:
        DataError: it is not a whole gzip file.
    """
    if not path.name.lower().endswith(".gz"):
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return file.read()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path.name} is not a whole gzip file (foreign or cut short): copy it again."
        ) from error


def decoded(data: bytes) -> tuple[str, str]:
    """Bytes as text, and the encoding's name where that is not UTF-8.

    Raises:
        ValueError: they are no text; its message says what they are, to follow a file's name.
    """
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec).removeprefix("\ufeff"), name
            except UnicodeDecodeError:
                if name:
                    raise ValueError(f"begins like {name} text and is not") from None
    for beginning, what in OTHERS:
        if data.startswith(beginning):
            raise ValueError(f"is not text (it begins like {what})")
    if b"\0" in data:
        raise ValueError("is not text (it holds zero bytes)")
    start = data[:LOOKED_AT]
    if sum(byte in CONTROL for byte in start) > MOST_CONTROL * len(start):
        raise ValueError("is not text (it holds control characters)")
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        try:
            return data.decode("cp1252"), WINDOWS
        except UnicodeDecodeError:  # the few bytes that stand for nothing there
            return data.decode("latin-1"), "Latin-1"
