"""The table of sources. A new kind is one new file in this folder that registers itself here.

A file kind:

    @file_source(".csv", ".tsv")
    def read(path: Path) -> Loaded: ...

A kind of object in memory (lower ranks are asked first):

    @memory_source(lambda source: ..., rank=1)
    def read(source: Any) -> Loaded: ...

A kind of folder (lower ranks are asked first):

    @folder_source(lambda path: ..., rank=1)
    def read(path: Path, on_error: str) -> Loaded: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from ranvier.data.pictures import Pictures
    from ranvier.data.whole import Whole


@dataclass(frozen=True)
class Loaded:
    """What a source gives: columns, and a target where the source itself names one.

    Attributes:
        inputs: polars frame, 2-D array of numbers, or pictures, sequences or texts.
        target: (N,) or (N, outputs) when the source keeps it apart (an .npz with X and y).
        target_names: the target's names when there is one.
        test_rows: sorted row numbers when the source brings its own held-out rows.
        valid_rows: the same for rows to validate on.
        notes: what a reader should be told.
        header: whether the columns' names were given by the source.
    """

    inputs: pl.DataFrame | np.ndarray[Any, Any] | Whole
    target: np.ndarray[Any, Any] | Pictures | None = None
    target_names: tuple[str, ...] = ()
    test_rows: np.ndarray[Any, Any] | None = None
    valid_rows: np.ndarray[Any, Any] | None = None
    notes: tuple[str, ...] = ()
    header: bool = True


FileReader = Callable[[Path], Loaded]
FolderReader = Callable[[Path, str], Loaded]
MemoryReader = Callable[[Any], Loaded]

FILES: dict[str, FileReader] = {}
FOLDERS: list[tuple[int, Callable[[Path], bool], FolderReader]] = []
MEMORY: list[tuple[int, Callable[[Any], bool], MemoryReader]] = []


def file_source(*suffixes: str) -> Callable[[FileReader], FileReader]:
    """Register a reader for files with these suffixes."""

    def register(reader: FileReader) -> FileReader:
        for suffix in suffixes:
            FILES[suffix] = reader
        return reader

    return register


def folder_source(
    accepts: Callable[[Path], bool], *, rank: int = 5
) -> Callable[[FolderReader], FolderReader]:
    """Register a reader for folders that `accepts` recognises."""

    def register(reader: FolderReader) -> FolderReader:
        FOLDERS.append((rank, accepts, reader))
        FOLDERS.sort(key=lambda entry: entry[0])
        return reader

    return register


def memory_source(
    accepts: Callable[[Any], bool], *, rank: int
) -> Callable[[MemoryReader], MemoryReader]:
    """Register a reader for objects that `accepts` recognises."""

    def register(reader: MemoryReader) -> MemoryReader:
        MEMORY.append((rank, accepts, reader))
        MEMORY.sort(key=lambda entry: entry[0])
        return reader

    return register


def unique_names(names: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Names made usable as column names: none empty, none twice; and a note when one changed."""
    taken = {name for name in names if name}
    seen: set[str] = set()
    result: list[str] = []
    changed: list[str] = []
    for position, name in enumerate(names, start=1):
        fresh = name or f"column_{position}"
        base, number = fresh, 2
        while fresh in seen or (fresh != name and fresh in taken):
            fresh, number = f"{base}_{number}", number + 1
        if fresh != name:
            changed.append(fresh)
        seen.add(fresh)
        result.append(fresh)
    if not changed:
        return result, ()
    shown = ", ".join(changed[:5]) + (", ..." if len(changed) > 5 else "")
    return result, (f"columns without a name of their own are called {shown}",)
