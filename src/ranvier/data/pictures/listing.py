"""Which files lie in a folder: pictures and recordings by their suffix, and all else counted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ranvier.data.pictures.decoding import SUFFIXES
from ranvier.errors import DataError

SOUND_SUFFIXES = frozenset((".wav", ".wave"))
MADE_BY_SYSTEMS = frozenset(("thumbs.db", "desktop.ini", "__macosx"))
DEPTH = 3  # folders down that are searched for a first picture
PATIENCE = 5000  # entries looked at before the search is given up


def is_picture(name: str) -> bool:
    """Whether the name ends like that of a picture."""
    return name[name.rfind(".") :].lower() in SUFFIXES


def is_sound(name: str) -> bool:
    """Whether the name ends like that of a recording."""
    return name[name.rfind(".") :].lower() in SOUND_SUFFIXES


def suffix_of(name: str) -> str:
    """How a file's name ends, for a note."""
    return os.path.splitext(name)[1].lower() or "no suffix"


def printable(name: str) -> str:
    """A file's name as text, also where its bytes are no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass
class Found:
    """The files below a folder.

    Attributes:
        pictures: their paths, sorted.
        sounds: the same for recordings.
        others: files of other kinds: how many of each suffix.
    """

    pictures: list[str] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    def of(self, sound: bool) -> list[str]:
        """Recordings or pictures."""
        return self.sounds if sound else self.pictures


def entries(folder: str | Path) -> tuple[list[str], list[str]]:
    """The names of a folder's folders and of its files, sorted, without hidden ones.

    A link that leads nowhere counts as a file: reading it will tell.

    Raises:
        DataError: the folder may not be read.
    """
    folders, files = [], []
    try:
        with os.scandir(folder) as scan:
            for entry in scan:
                if entry.name.startswith(".") or entry.name.lower() in MADE_BY_SYSTEMS:
                    continue
                if _is_folder(entry):
                    folders.append(entry.name)
                elif entry.is_symlink() or _is_file(entry):
                    files.append(entry.name)
    except PermissionError:
        raise DataError(
            f"The folder {printable(str(folder))} may not be read: permission was denied; change "
            "its permissions, or move it away."
        ) from None
    return sorted(folders), sorted(files)


def walk(folder: str | Path, *, deep: bool = True) -> Iterator[tuple[str, str]]:
    """The folder and the name of each file in a folder and, deep, in those in it, in order.

    A link back to a folder above is not followed.
    """
    waiting = [str(folder)]
    start = os.path.realpath(folder) + os.sep
    met: set[str] = set()
    while waiting:
        place = waiting.pop()
        real = os.path.realpath(place) + os.sep
        if real in met or (start.startswith(real) and real != start):
            continue
        met.add(real)
        folders, files = entries(place)
        if deep:
            waiting += [os.path.join(place, name) for name in reversed(folders)]
        for name in files:
            yield place, name


def below(folder: str | Path, *, deep: bool = True) -> Found:
    """All files of a folder and, deep, of those in it."""
    found = Found()
    for place, name in walk(folder, deep=deep):
        if is_picture(name):
            found.pictures.append(os.path.join(place, name))
        elif is_sound(name):
            found.sounds.append(os.path.join(place, name))
        else:
            found.others[suffix_of(name)] += 1
    return found


def holds_any(folder: Path) -> bool:
    """Whether there is a picture or a recording in the folder or a few folders down."""
    return holds(folder, lambda name: is_picture(name) or is_sound(name))


def holds(folder: Path, wanted: Callable[[str], bool]) -> bool:
    """Whether a file of such a name is in the folder or a few folders down."""
    waiting, looked = [(str(folder), 0)], 0
    while waiting and looked < PATIENCE:
        place, depth = waiting.pop(0)
        inner = []
        try:
            with os.scandir(place) as scan:
                for entry in scan:
                    looked += 1
                    name = entry.name
                    if name.startswith(".") or name.lower() in MADE_BY_SYSTEMS:
                        continue
                    if depth < DEPTH and _is_folder(entry):
                        inner.append((entry.path, depth + 1))
                    elif wanted(name) and not _is_folder(entry):
                        return True
                    if looked > PATIENCE:
                        break
        except PermissionError:
            continue
        waiting += inner
    return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
