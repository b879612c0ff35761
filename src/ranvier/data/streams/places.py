"""Where in a table a piece begins, so that reading can go on from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import polars as pl


class Place(NamedTuple):
    """A place in a table.

    Attributes:
        file: the number of the file in its folder, from 0.
        at: of text the byte at which a record begins, of columns the number of a row.
    """

    file: int
    at: int


BEGINNING = Place(0, 0)


class InPlaces(Protocol):
    """A table that gives its rows in pieces, as often as asked."""

    def placed(
        self,
        kinds: Mapping[str, Any] | None = None,
        start: Place = BEGINNING,
        *,
        checked: bool = False,
    ) -> Iterator[tuple[Place, pl.DataFrame]]:
        """The rows in order: columns of text, or of numbers where text would lead to the same.

        Each frame comes with its place, from which rows can be read again as `start`.

        Args:
            kinds: what columns are taken for so far; may change while rows are read.
            start: where to begin.
            checked: refuse lines with another number of fields.
        """

    def frames(
        self, kinds: Mapping[str, Any] | None = None, *, checked: bool = False
    ) -> Iterator[pl.DataFrame]:
        """All rows, without the places."""
        return (frame for _, frame in self.placed(kinds, checked=checked))
