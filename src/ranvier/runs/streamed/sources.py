"""The files that rows come from: whether they are the same still."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ranvier.data.readable import readable


def fingerprints(path: Path) -> list[list[Any]]:
    """Name, bytes and nanosecond of the last change of each file."""
    with readable(path):
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        found = [(file.name, file.stat()) for file in files if file.is_file()]
        return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in found]
