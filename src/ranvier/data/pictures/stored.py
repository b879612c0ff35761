"""Decoded pictures on disk: written once, found again by the files that they came from.

A file holds the numbers of all rows, then what was seen of each file (int32), then JSON. It is
written under another name and renamed at the end, so that a kill leaves nothing that looks whole.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier import caching
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]
LARGEST = 10 << 30  # bytes of all sets together; those used longest ago go first
SUFFIX = ".pixels"
DAY = 86_400  # seconds
_IN_USE: set[str] = set()


@dataclass(frozen=True)
class Stored:
    """A finished file.

    Attributes:
        path: of it; it may be gone where nothing is kept.
        handle: open for reading.
        seen: int32 (N, 4), see `jobs.Done`.
        problems: why files could not be read, by row.
    """

    path: Path
    handle: int
    seen: Array
    problems: dict[int, str]


def find(key: str, count: int, row_bytes: int) -> Stored | None:
    """What was kept under that key; None where nothing was."""
    place = caching.folder()
    if place is None:
        return None
    path = place / "pictures" / (key + SUFFIX)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used last now
    try:
        return _opened(path, handle, count, row_bytes)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        os.close(handle)  # not what this version writes
        return None


@contextlib.contextmanager
def writing(size: int) -> Iterator[Path]:
    """A new file of that many bytes, gone at the end unless it was kept.

    Raises:
        DataError: there is no room for it.
    """
    path = _new()
    try:
        try:
            _reserve(path, size)
        except OSError as error:
            raise no_room(path, size, error) from None
        yield path
    finally:
        path.unlink(missing_ok=True)


def keep(path: Path, key: str, seen: Array, problems: dict[int, str], row_bytes: int) -> Stored:
    """End the file and give it its name; it stays nameless where nothing is to be kept."""
    with open(path, "r+b") as file:
        file.seek(len(seen) * row_bytes)
        file.write(seen.astype("<i4").tobytes())
        file.write(json.dumps(problems).encode())
    place = caching.folder()
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    if place is not None and path.parent == place / "pictures":
        final = path.with_name(key + SUFFIX)
        with contextlib.suppress(PermissionError):  # where an open file cannot be renamed
            path = path.replace(final)
        _IN_USE.add(path.name)
        _limit(path.parent)
    return _opened(path, handle, len(seen), row_bytes)


def recall(key: str) -> Any:
    """What was remembered under a key, plain data; None where nothing was."""
    place = caching.folder()
    try:
        return None if place is None else json.loads(_note(place, key).read_bytes())
    except (OSError, ValueError):
        return None


def remember(key: str, what: Any) -> None:
    """Note plain data for the next run; nothing happens where that is not possible."""
    place = caching.folder()
    if place is not None and (place / "pictures").is_dir():
        path = _note(place, key)
        with contextlib.suppress(OSError):
            fresh = path.with_name(f"{uuid.uuid4().hex}.writing")
            fresh.write_text(json.dumps(what), encoding="ascii")
            fresh.replace(path)


def _note(place: Path, key: str) -> Path:
    return place / "pictures" / f"{key}.json"


def no_room(path: Path, size: int, error: OSError) -> DataError:
    """What is said where the disk is full."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DataError(
            f"The decoded pictures need {max(1, size >> 20):,} MiB in {path.parent}, and there is "
            "no room: set RANVIER_CACHE_DIR to a folder on another disk, or choose a smaller size."
        )
    return DataError(
        f"The decoded pictures cannot be written to {path.parent} ({error.strerror or error}): "
        "set RANVIER_CACHE_DIR to a folder on another disk."
    )


def _opened(path: Path, handle: int, count: int, row_bytes: int) -> Stored:
    _IN_USE.add(path.name)
    start, end = count * row_bytes, os.fstat(handle).st_size
    with open(os.dup(handle), "rb") as file:
        file.seek(start)
        tail = file.read(end - start)
    seen = np.frombuffer(tail[: count * 16], "<i4").reshape(count, 4)
    problems = {int(row): str(reason) for row, reason in json.loads(tail[count * 16 :]).items()}
    return Stored(path, handle, seen, problems)


def _new() -> Path:
    """An empty file in the cache folder; in the system's temporary one where that is not to be."""
    place = caching.folder()
    if place is not None:
        path = place / "pictures" / f"{uuid.uuid4().hex}.writing"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(exist_ok=False)
        except OSError:
            pass  # a read-only home must not stop a training run
        else:
            return path
    handle, name = tempfile.mkstemp(prefix="ranvier-", suffix=SUFFIX)
    os.close(handle)
    return Path(name)


def _reserve(path: Path, size: int) -> None:
    """Take the room now: later, a full disk would end a mapped file with a crash."""
    with open(path, "r+b") as file:
        if hasattr(os, "posix_fallocate") and size:
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)


def _limit(place: Path) -> None:
    """Remove what was used longest ago, and what a killed run left behind a day ago."""
    found = []
    for path in place.iterdir():
        with contextlib.suppress(OSError):
            status = path.stat()
            age = time.time() - status.st_mtime
            if (path.suffix == ".writing" and age > DAY) or (
                path.suffix == ".json" and age > 90 * DAY
            ):
                path.unlink()
            elif path.suffix == SUFFIX:
                found.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= LARGEST:
            return
        if path.name not in _IN_USE:
            path.unlink(missing_ok=True)
            total -= size
