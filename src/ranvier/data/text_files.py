"""Text files: read all together, in whatever encoding each of them is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ranvier.data.pictures.telling import listener
from ranvier.data.plain_text import decoded, read_bytes
from ranvier.errors import DataError

SHOWN = 3  # files or classes named in a note
TOLD_EVERY = 500  # files


@dataclass
class Reading:
    """Files that were read.

    Attributes:
        texts: their content.
        kept: the numbers of the files that could be read.
        notes: what was done to them, in words.
    """

    texts: list[str] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, paths: list[str], names: list[str], on_error: str) -> Reading:
        """The content of files.

        Raises:
            DataError: a file cannot be read and `on_error` is "stop", or none can.
        """
        reading, problems = cls(), dict[int, str]()
        encodings: dict[str, list[str]] = {}
        empty: list[str] = []
        told = listener()
        for number, path in enumerate(paths):
            if told is not None and number % TOLD_EVERY == 0:
                told(number, len(paths))
            try:
                text, encoding = decoded(read_bytes(Path(path)))
            except OSError as error:
                denied = isinstance(error, PermissionError)
                words = "permission was denied" if denied else str(error.strerror or error)
                problems[number] = f"cannot be read ({words})"
                continue
            except ValueError as error:
                problems[number] = str(error)
                continue
            if encoding:
                encodings.setdefault(encoding, []).append(names[number])
            if not text or text.isspace():
                empty.append(names[number])
            reading.texts.append(text)
            reading.kept.append(number)
        if told is not None:
            told(len(paths), len(paths))
        if problems and (on_error == "stop" or not reading.kept):
            raise _complaint(names, problems)
        reading.notes = _about(names, problems, encodings, empty)
        return reading


def _complaint(names: list[str], problems: dict[int, str]) -> DataError:
    first = min(problems)
    if len(problems) == len(names):
        return DataError(
            f"{names[first]} {problems[first]}, and so it is with all {len(names):,} files: check "
            "what the folder holds."
        )
    return DataError(
        f"{names[first]} {problems[first]}. {len(problems):,} of {len(names):,} files. Leave such "
        "files out with --on-error skip."
    )


def _about(
    names: list[str], problems: dict[int, str], encodings: dict[str, list[str]], empty: list[str]
) -> tuple[str, ...]:
    notes = []
    if problems:
        some = "; ".join(f"{names[row]} {problems[row]}" for row in sorted(problems)[:SHOWN])
        more = "; ..." if len(problems) > SHOWN else ""
        plural = "s that cannot be read are" if len(problems) > 1 else " that cannot be read is"
        notes.append(f"{len(problems):,} file{plural} left out: {some}{more}")
    for encoding, found in encodings.items():
        are = "files are" if len(found) > 1 else "file is"
        notes.append(f"{len(found):,} {are} not UTF-8: read as {encoding} ({few(found)})")
    if empty:
        words = "files are empty: kept as empty texts"
        words = words if len(empty) > 1 else "file is empty: kept as an empty text"
        notes.append(f"{len(empty):,} {words} ({few(empty)})")
    return tuple(notes)


def few(names: list[str]) -> str:
    """The first names, for a note."""
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
