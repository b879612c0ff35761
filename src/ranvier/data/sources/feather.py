"""Feather files (Arrow IPC), version 2."""

from __future__ import annotations

from pathlib import Path

from ranvier.data.readable import readable
from ranvier.data.sources.registry import Loaded, file_source
from ranvier.errors import DataError


@file_source(".feather", ".arrow", ".ipc")
def read(path: Path) -> Loaded:
    """All columns with the types the file states."""
    import polars as pl

    refuse_first_version(path)
    try:
        return Loaded(pl.read_ipc(path))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DataError(
            f"{path.name} is not a readable Feather file (foreign or cut short): write it again."
        ) from error


def refuse_first_version(path: Path) -> None:
    """Refuse what is no Arrow IPC yet.

    Raises:
        DataError: it is of the first version, or cannot be read.
    """
    with readable(path), open(path, "rb") as file:
        if file.read(4) == b"FEA1":
            raise DataError(f"{path.name} is Feather version 1, retired long ago: write version 2.")
