"""What a .ts file of the time series archives holds; `data.sources.ts` shows the format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.plain_text import decoded, read_bytes
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]

MISSING = ("?", "")
UNKNOWN = ("?", "", "nan", "NaN")  # of a label
SHOWN = 5  # classes named in a message


@dataclass(frozen=True)
class Problem:
    """What one file holds.

    Attributes:
        name: of the file.
        rows: float32 (steps, channels) for each sequence.
        labels: a text for each, empty where it is unknown; none where the file has no labels.
        kind: "class", "number" or "" for no labels.
        notes: what a reader should be told.
    """

    name: str
    rows: list[Array]
    labels: list[str]
    kind: str
    notes: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many channels a step has."""
        return int(self.rows[0].shape[1])

    @classmethod
    def read(cls, path: Path) -> Problem:
        """The content of a file.

        Raises:
            DataError: it is no such file, or a line of it is damaged.
        """
        try:
            text, _ = decoded(read_bytes(path))
        except ValueError as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"{path.name} {error}: save it again as a .ts file.") from None
        header, lines = _parts(path.name, text)
        kind, known = _kind(path.name, header)
        rows: list[Array] = []
        labels: list[str] = []
        uneven = 0
        for number, line in lines:
            fields = line.split(":")
            if kind:
                labels.append(_label(path.name, number, fields.pop().strip(), kind, known))
            channels = _channels(path.name, number, fields)
            if rows and len(channels) != rows[0].shape[1]:
                raise DataError(
                    f"{path.name}, line {number:,} has {counted(len(channels))} where the first "
                    f"has {rows[0].shape[1]}: repair it; colons separate channels."
                )
            uneven += len({len(channel) for channel in channels}) > 1
            rows.append(_stacked(channels))
        told = header.get("dimensions", "")
        if told.isdecimal() and int(told) != rows[0].shape[1]:
            raise DataError(
                f"{path.name} says @dimensions {told} and its sequences have "
                f"{counted(rows[0].shape[1])}: repair the one or the other."
            )
        notes: tuple[str, ...] = ()
        if uneven:
            many = f"{uneven:,} sequences have" if uneven > 1 else "1 sequence has"
            notes = (f"{many} channels of different lengths: the shorter ones end in NaN",)
        return cls(path.name, rows, labels, kind, notes)


def counted(channels: int) -> str:
    """Such as "1 channel"."""
    return f"{channels:,} channel{'s' * (channels != 1)}"


def _parts(name: str, text: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """The header's values by key in small letters, and the data lines with their numbers."""
    header: dict[str, str] = {}
    lines: list[tuple[int, str]] = []
    began = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith(("#", "%")):
            continue
        if line.startswith("@"):
            key, _, value = line[1:].partition(" ")
            began = began or key.lower() == "data"
            header[key.lower()] = value.strip()
        elif began:
            lines.append((number, line))
        else:
            raise DataError(
                f"{name}, line {number:,} comes before a line @data and is neither a comment (#) "
                "nor a part of the header (@): is it a .ts file of a time series archive?"
            )
    if not began:
        raise DataError(f"{name} has no line @data: is it a .ts file of a time series archive?")
    if not lines:
        raise DataError(f"{name} has no line after @data: there is nothing to learn.")
    stamps = header.get("timestamps", "false").lower()
    if stamps == "true" or lines[0][1].startswith("("):
        raise DataError(
            f"{name} has a time stamp for each value, and .ts files are read where the steps are "
            "even: save it with @timestamps false, or as a CSV with a column for the time."
        )
    return header, lines


def _kind(name: str, header: dict[str, str]) -> tuple[str, frozenset[str]]:
    """What the labels are ("class", "number" or ""), and the classes that are declared."""
    for key, kind in (("classlabel", "class"), ("targetlabel", "number")):
        words = header.get(key, "false").split()
        if words and words[0].lower() == "true":
            return kind, frozenset(words[1:]) if kind == "class" else frozenset()
        if words and words[0].lower() != "false":
            raise DataError(
                f"{name} says @{key} {words[0][:20]}: it must be true, followed by the classes, or "
                "false."
            )
    return "", frozenset()


def _label(name: str, number: int, label: str, kind: str, known: frozenset[str]) -> str:
    if label in UNKNOWN and label not in known:
        return ""
    if kind == "class" and known and label not in known:
        listed = ", ".join(sorted(known)[:SHOWN]) + (", ..." if len(known) > SHOWN else "")
        raise DataError(
            f'{name}, line {number:,} ends with the class "{label[:40]}", which @classLabel does '
            f"not name ({listed}): repair the line, or add the class."
        )
    if kind == "number":
        try:
            float(label)
        except ValueError:
            raise DataError(
                f'{name}, line {number:,} ends with "{label[:40]}" where @targetLabel asks for a '
                "number: repair the line."
            ) from None
    return label


def _channels(name: str, number: int, fields: list[str]) -> list[Array]:
    """float32 (steps,) for each channel of a line."""
    channels = []
    for field in fields:
        values = field.split(",")
        try:
            channel = np.array(values, dtype=np.float64)
        except ValueError:
            channel = _mended(name, number, values)
        channels.append(channel)
    empty = not channels or all(np.isnan(channel).all() for channel in channels)
    if empty or any(np.isinf(channel).any() for channel in channels):
        what = "no value" if empty else "an infinite value"
        raise DataError(
            f"{name}, line {number:,} holds {what}: repair it, or leave the line out; NaN stands "
            "for a missing value."
        )
    return channels


def _mended(name: str, number: int, values: list[str]) -> Array:
    """The same with "?" and nothing as NaN."""
    numbers = []
    for value in values:
        word = value.strip()
        try:
            numbers.append(np.nan if word in MISSING else float(word))
        except ValueError:
            raise DataError(
                f'{name}, line {number:,} holds "{word[:40]}" where a number is expected: repair '
                "it, or write NaN or ? for a missing value."
            ) from None
    return np.array(numbers)


def _stacked(channels: list[Array]) -> Array:
    """(steps, channels), where the shorter channels end in NaN."""
    longest = max(len(channel) for channel in channels)
    steps = np.full((longest, len(channels)), np.nan, np.float32)
    for place, channel in enumerate(channels):
        steps[: len(channel), place] = channel
    return steps
