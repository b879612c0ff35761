"""The split that a folder brings: train/, valid/ and test/ beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.pictures.listing import entries, holds_any, printable

Array = np.ndarray[Any, Any]
TRAIN, VALID, TEST = "train", "valid", "test"
NAMES = {
    "train": TRAIN, "training": TRAIN, "valid": VALID, "val": VALID, "validation": VALID,
    "dev": VALID, "test": TEST, "testing": TEST,
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One part of a set.

    Attributes:
        role: "train", "valid" or "test".
        folder: where it is.
    """

    role: str
    folder: Path


def find_parts(path: Path) -> tuple[list[Part], tuple[str, ...]]:
    """The parts in the order train, valid, test, and notes; the folder itself where it has none."""
    folders, _ = entries(path)
    parts = [Part(NAMES[name.lower()], path / name) for name in folders if name.lower() in NAMES]
    roles = {part.role for part in parts}
    if TRAIN not in roles or len(roles) < 2 or len(roles) < len(parts):
        return [Part(TRAIN, path)], ()
    notes: tuple[str, ...] = ()
    rest = [printable(name) for name in folders if name.lower() not in NAMES]
    if rest:
        notes = (f"beside train and test, not used: {', '.join(rest)}",)
    used = []
    nested = _has_folders(next(part for part in parts if part.role == TRAIN).folder)
    for part in sorted(parts, key=lambda part: (TRAIN, VALID, TEST).index(part.role)):
        if part.role != TRAIN and not holds_any(part.folder):
            notes += (f"{part.folder.name} is empty",)
        elif part.role != TRAIN and nested and not _has_folders(part.folder):
            notes += (f"{part.folder.name} has no class folders: not used",)
        else:
            used.append(part)
    return used, notes


def rows_of(parts: list[Part], counts: list[int], kept: Array) -> tuple[Array | None, Array | None]:
    """The rows of test and of valid among those kept; `counts` are the parts' files."""
    roles = np.repeat([part.role for part in parts], counts)[kept]
    found = [np.flatnonzero(roles == role) for role in (TEST, VALID)]
    test, valid = (rows if len(rows) else None for rows in found)
    return test, valid


def _has_folders(path: Path) -> bool:
    return bool(entries(path)[0])
