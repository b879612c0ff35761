"""Where examples come from: one file per kind, found without being listed."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from ranvier.data.readable import readable
from ranvier.data.sources.registry import FILES, FOLDERS, MEMORY, Loaded
from ranvier.errors import DataError, DataTypeError, nearest


@cache
def discover() -> None:
    """Import every file of this folder, so that each registers what it reads."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def suffixes() -> tuple[str, ...]:
    """The file suffixes that can be read."""
    discover()
    return tuple(sorted(FILES))


def load_file(path: Path, on_error: str = "stop") -> Loaded:
    """Read a file by its suffix, or a folder; every failure ends in one DataError sentence.

    Args:
        path: the file or folder.
        on_error: "stop" or "skip": what a file of a folder that cannot be read does.
    """
    discover()
    known = sorted(FILES, key=len, reverse=True)  # ".csv.gz" before ".gz"
    suffix = next((suffix for suffix in known if path.name.lower().endswith(suffix)), None)
    with readable(path):
        if path.is_dir():
            for _, accepts, reader in FOLDERS:
                if accepts(path):
                    return reader(path, on_error)
            raise DataError(_directory(path, known))
        if not path.exists():
            raise DataError(_missing(path))
        if suffix is None:
            kind = f'the suffix "{path.suffix}"' if path.suffix else "no suffix"
            raise DataError(
                f"{path.name} has {kind}, and only {', '.join(suffixes())} are read: "
                "save the table as one of these."
            )
        return FILES[suffix](path)


def takes_folder(path: Path) -> bool:
    """Whether some source reads this folder as a whole."""
    discover()
    return path.is_dir() and any(accepts(path) for _, accepts, _ in FOLDERS)


def load_object(source: Any) -> Loaded:
    """Read whatever a caller holds in memory: frame, array, list, sparse matrix."""
    discover()
    for _, accepts, reader in MEMORY:
        if accepts(source):
            return reader(source)
    raise DataTypeError(
        f"Data of type {type(source).__name__} cannot be read: pass a path, the name of a built-in "
        "set, a pandas, polars or pyarrow frame, an array, or a list of rows."
    )


def _directory(path: Path, known: list[str]) -> str:
    names = [entry.name for entry in sorted(path.iterdir())]
    tables = [name for name in names if name.lower().endswith(tuple(known))][:3]
    if tables:
        listed = ", ".join(tables)
        return f"{path} is a folder, not a table. Name one of its files, such as {listed}."
    kinds = "pictures or .txt files (one folder for each class), .wav recordings or a table"
    if not names:
        return f"{path} is an empty folder: put {kinds} in it."
    return f"{path} holds nothing that can be read: put {kinds} in it."


def _missing(path: Path) -> str:
    if not path.parent.is_dir():
        return f"{path} does not exist: there is no folder {path.parent}."
    names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    hint = nearest(path.name, names)
    return f"{path} does not exist.{hint}" if hint else f"{path} does not exist: check its name."
