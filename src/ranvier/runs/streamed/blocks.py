"""Pieces of a table, of whatever size they were read, as blocks of equally many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ranvier.data.streams.places import Place
from ranvier.model.predicting import LARGE, SMALL

if TYPE_CHECKING:
    import polars as pl

UNIT = LARGE
# More than are predicted in small blocks (see `model.predicting`), so that the last rows go through
# the program through which they would go with all the others.
LEAST = 8 * SMALL + 1


@dataclass(frozen=True)
class Block:
    """Rows in their order.

    Attributes:
        frame: the rows.
        place, skip: the row after them lies `skip` rows after that place.
    """

    frame: pl.DataFrame
    place: Place
    skip: int


def blocks(
    pieces: Iterable[tuple[Place, pl.DataFrame]], rows: int, skip: int = 0
) -> Iterator[Block]:
    """Blocks of `rows` rows; the last one has between `LEAST` and `rows + LEAST`.

    Args:
        pieces: frames with one schema, and their places.
        rows: a multiple of `UNIT`, so that each row stands in the part of a block that is predicted
            together in which it stands when all are predicted at once.
        skip: how many of the first rows are left out.
    """
    held: list[tuple[Place, int, pl.DataFrame]] = []
    count = 0
    for place, whole in pieces:
        if skip >= whole.height:
            skip -= whole.height
            continue
        held.append((place, skip, whole[skip:]))
        count += whole.height - skip
        skip = 0
        while count >= rows + LEAST:
            yield _cut(held, rows)
            count -= rows
    if count:
        yield _cut(held, count)


def _cut(held: list[tuple[Place, int, pl.DataFrame]], rows: int) -> Block:
    """The first rows of what is held, which is taken from it."""
    import polars as pl

    taken, place, skip = [], Place(0, 0), 0
    while rows:
        place, first, frame = held.pop(0)
        used = min(rows, frame.height)
        taken.append(frame[:used])
        rows, skip = rows - used, first + used
        if used < frame.height:
            held.insert(0, (place, skip, frame[used:]))
    return Block(pl.concat(taken), place, skip)
