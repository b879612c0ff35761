"""Where in a table a piece begins, so that reading can go on from there."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A place in a table.

    Attributes:
        file: the number of the file in its folder, from 0.
        at: of text the byte at which a record begins, of columns the number of a row.
    """

    file: int
    at: int


BEGINNING = Place(0, 0)
