"""A column of a table that names picture files: the pictures, with the other columns beside."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ranvier.data.pictures.files import Files
from ranvier.data.pictures.form import PICTURE, SOUND
from ranvier.data.pictures.gathering import gather
from ranvier.data.pictures.listing import is_picture, is_sound
from ranvier.data.pictures.pictures import Pictures
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

LOOKED_AT = 16  # values whose files are looked for
ENOUGH = 0.5  # of them must be there: fewer, and the column is text


def pictures_in(
    frame: pl.DataFrame, folder: Path, on_error: str = "stop"
) -> tuple[Pictures, str, tuple[str, ...]] | None:
    """The pictures that a column of paths leads to; None where no column is one.

    Costs a look at one value of each column of text, where that does not end like a picture's
    name.

    Args:
        frame: a table.
        folder: of the table's file: paths start there, or in one of its folders.
        on_error: "stop" refuses the first file that cannot be read, "skip" leaves its row out.

    Returns:
        The pictures, whose `beside` are the other columns; the column's name; notes.

    Raises:
        DataError: a file cannot be read, or a row names none.
    """
    import polars as pl

    for series in frame.iter_columns():
        if series.dtype != pl.String:
            continue
        first = series.drop_nulls().head(1)
        if not len(first) or not _named(first[0]):
            continue
        base = _base(series.drop_nulls().head(LOOKED_AT).to_list(), folder)
        if base is not None:
            return _read(frame, series, base, folder, on_error)
    return None


def _read(
    frame: pl.DataFrame, series: pl.Series, base: str, folder: Path, on_error: str
) -> tuple[Pictures, str, tuple[str, ...]]:
    values = series.to_list()
    empty = [row for row, value in enumerate(values) if not value]
    notes: tuple[str, ...] = ()
    if empty:
        count = f"{len(empty):,} of {len(values):,} rows"
        if on_error == "stop":
            raise DataError(
                f'Column "{series.name}" names no picture in row {empty[0]:,}. {count}. Leave such '
                "rows out with --on-error skip."
            )
        notes = (f"{count} without a path in {series.name} are left out",)
        frame = frame.filter(series.is_not_null() & (series != ""))
        values = [value for value in values if value]
    paths = [os.path.join(base, value) for value in values]
    sound = sum(map(is_sound, values)) > len(values) / 2
    gathered = gather(
        Files(tuple(paths), tuple(values)), SOUND if sound else PICTURE, on_error=on_error
    )
    beside = frame.drop(series.name)
    if len(gathered.rows) < len(values):
        beside = beside[gathered.rows]
    where = "" if Path(base) == folder else f" in {os.path.relpath(base, folder)}"
    found = f'column "{series.name}" names pictures{where}: they are read'
    pictures = replace(gathered.pictures, beside=beside if beside.width else None)
    return pictures, series.name, (found, *notes, *gathered.notes)


def _named(value: str) -> bool:
    return is_picture(value) or is_sound(value)


def _base(values: list[str], folder: Path) -> str | None:
    """The folder in which most of the files are; None where they are in none."""
    values = [value for value in values if _named(value)]
    places = [str(folder)]
    try:
        places += sorted(str(entry) for entry in folder.iterdir() if entry.is_dir())
    except OSError:
        return None
    for place in places:
        there = sum(os.path.lexists(os.path.join(place, value)) for value in values)
        if there and there >= ENOUGH * len(values):
            return place
    return None
