"""The files that rows come from: whether they can be read, and whether they are the same still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ranvier.errors import DataError


def fingerprints(path: Path) -> list[list[Any]]:
    """Name, bytes and nanosecond of the last change of each file."""
    with readable(path):
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        found = [(file.name, file.stat()) for file in files if file.is_file()]
        return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in found]


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What goes wrong with the files inside is one sentence."""
    try:
        yield
    except PermissionError:
        raise DataError(
            f"{path} may not be read: permission was denied; "
            "change its permissions, or read a copy."
        ) from None
    except OSError as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}; read a copy."
        ) from error
