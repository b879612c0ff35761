"""The split that a folder brings: train/, valid/ and test/ beside each other."""

from __future__ import annotations

from collections.abc import Callable
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


def unwrapped(
    path: Path, holds: Callable[[Path], bool] = holds_any
) -> tuple[Path, list[Part], tuple[str, ...]]:
    """The folder that is meant where a folder holds nothing but another one, its parts, notes."""
    top = path
    while True:
        parts, notes = find_parts(path, holds)
        folders, files = entries(path)
        if len(parts) > 1 or len(folders) != 1 or files:
            break
        inner = path / folders[0]
        inside, _ = entries(inner)
        if not inside:
            break
        path = inner
    if path != top:
        notes = (f"read from {printable(str(path.relative_to(top.parent)))}", *notes)
    return path, parts, notes


def find_parts(
    path: Path, holds: Callable[[Path], bool] = holds_any
) -> tuple[list[Part], tuple[str, ...]]:
    """The parts in the order train, valid, test, and notes; the folder itself where it has none.

    Args:
        path: the folder.
        holds: whether a folder has files of the kind that is meant.
    """
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
        if part.role != TRAIN and not holds(part.folder):
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
