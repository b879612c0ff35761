"""Examples that are no rows of a table: each is a picture, a sequence or a text as a whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


class Whole(ABC):
    """A set of such examples, or of some of its rows; a value, never changed in place.

    Attributes:
        beside: the other columns of their table, a row for each of these; None without.
    """

    beside: pl.DataFrame | None

    @property
    @abstractmethod
    def kind(self) -> str:
        """What one is called: "picture", "signal", "sequence", "text", ..."""

    @property
    @abstractmethod
    def about(self) -> str:
        """What they are, such as "pictures of 28×28×1"."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """(N, ...)."""

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Bytes of all rows, once they are read."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What stands for columns: the example itself, and those of the table beside it."""
        return (self.kind, *(() if self.beside is None else self.beside.columns))

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def __getitem__(self, index: Any) -> Whole:
        """Some of the rows (numbers, a mask or a slice), in the given order."""

    @abstractmethod
    def name_of(self, row: int) -> str:
        """What a row is called, such as "cats/0017.jpg"; empty where it has no name."""
