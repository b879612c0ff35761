"""One pass over a table that is too large to hold: how many rows it has, and its columns' types.

What reading the whole at once finds out and refuses before a row is used, without its memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ranvier.data.checks import infinity_message
from ranvier.data.streams.ahead import ahead
from ranvier.data.streams.kinds import (
    as_whole,
    kind_of,
    kind_spelled,
    spelled,
    typed,
    widened,
)
from ranvier.data.streams.places import Place
from ranvier.data.streams.tables import Table, as_windows_1252, nothing_in, stated_kind
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

Told = Callable[[int, Place], None]  # rows that have been read, and where the last of them lie


@dataclass(frozen=True)
class Census:
    """What one pass finds.

    Attributes:
        table: what was read, in the encoding that it turned out to have.
        kinds: column -> its type; None where it has no value.
        rows: how many there are.
        fractions: of the columns asked for, those that hold a number that is not whole.
        foreign: whether text was found far down that is not UTF-8.
    """

    table: Table
    kinds: Mapping[str, Any]
    rows: int
    fractions: frozenset[str] = frozenset()
    foreign: bool = False

    def to_plain(self) -> dict[str, Any]:
        """What was found, as JSON holds it."""
        return {
            "rows": self.rows,
            "kinds": {name: spelled(kind) for name, kind in self.kinds.items()},
            "fractions": sorted(self.fractions),
            "foreign": self.foreign,
        }

    @classmethod
    def from_plain(cls, table: Table, plain: Mapping[str, Any]) -> Census:
        """The census of a table that has not changed since.

        Raises:
            KeyError, TypeError, ValueError: it is of another table, or damaged.
        """
        kinds = plain["kinds"]
        if tuple(kinds) != table.names:
            raise ValueError("other columns")
        table = as_windows_1252(table) if plain["foreign"] else table
        return cls(
            table,
            {name: kind_spelled(kinds[name], stated_kind(table, name)) for name in table.names},
            int(plain["rows"]),
            frozenset(plain["fractions"]),
            bool(plain["foreign"]),
        )

    def typed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A piece as the rows of the whole would be, if all were read at once.

        Numbers of a column in `fractions` are spelled as such: 3.0, also where all of a piece are
        whole and might be taken for 3.
        """
        import polars as pl

        frame = as_whole(frame, self.kinds)
        names = [name for name in self.fractions if frame[name].dtype.is_float()]
        return frame.with_columns(pl.col(names).fill_nan(None).cast(pl.String))


def take_census(table: Table, told: Told | None = None, *, asked: Collection[str] = ()) -> Census:
    """Read all rows once.

    Args:
        table: what to read.
        told: is told how far it has come.
        asked: columns of which it matters whether they hold fractions.

    Raises:
        DataError: there are no rows, one does not fit, or a number is infinite.
    """
    try:
        return _taken(table, told, asked)
    except UnicodeDecodeError:
        return replace(_taken(as_windows_1252(table), told, asked), foreign=True)


def _taken(table: Table, told: Told | None, asked: Collection[str]) -> Census:
    import polars as pl

    kinds: dict[str, Any] = dict.fromkeys(table.names)
    infinite: dict[str, tuple[int, int]] = {}
    fractions: set[str] = set()
    rows = 0
    with closing(ahead(table.placed(kinds, checked=True))) as pieces:
        for place, raw in pieces:
            texts = [name for name, kind in kinds.items() if kind == pl.String]
            frame = typed(raw, texts=texts)
            for series in frame.iter_columns():
                kinds[series.name] = widened(kinds[series.name], kind_of(series))
                if series.name in asked and series.name not in fractions and _broken(series):
                    fractions.add(series.name)
            _note_infinities(frame, rows, infinite)
            rows += frame.height
            if told is not None:
                told(rows, place)
    if not rows:
        raise DataError(nothing_in(table))
    for name in table.names:  # a column that turned out to be text is none of numbers
        kind = kinds[name]
        if name in infinite and kind is not None and kind.is_float():
            raise DataError(infinity_message(name, *infinite[name]))
    return Census(table, kinds, rows, frozenset(fractions))


def _note_infinities(frame: pl.DataFrame, first: int, found: dict[str, tuple[int, int]]) -> None:
    """Where the first infinity of each column is, and how many there are."""
    import polars as pl

    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    counts = frame.select(pl.col(floats).is_infinite().sum())
    for name in floats:
        count = int(counts[name][0] or 0)
        if count:
            row = int(frame[name].is_infinite().fill_null(False).arg_max() or 0)
            before = found.get(name, (first + row, 0))
            found[name] = (before[0], before[1] + count)


def _broken(series: pl.Series) -> bool:
    """Whether a column of floats holds one that no whole number of 64 bits equals."""
    import polars as pl

    if not series.dtype.is_float():
        return False
    known = series.fill_nan(None)
    whole = known.cast(pl.Int64, strict=False)
    return whole.null_count() > known.null_count() or bool((whole != known).any())
