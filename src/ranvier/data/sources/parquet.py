"""Parquet files."""

from __future__ import annotations

from pathlib import Path

from ranvier.data.sources.registry import Loaded, file_source
from ranvier.errors import DataError


@file_source(".parquet", ".pq")
def read(path: Path) -> Loaded:
    """All columns with the types the file states."""
    import polars as pl

    try:
        return Loaded(pl.read_parquet(path))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise DataError(
            f"{path.name} is not a readable Parquet file (foreign or cut short): write it again."
        ) from error
