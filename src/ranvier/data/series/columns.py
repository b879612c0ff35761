"""How a table of series is meant: which column is what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ranvier.data.series.times import check_name, find_time
from ranvier.data.targets import USUAL_NAMES
from ranvier.errors import DataError, TargetError

if TYPE_CHECKING:
    import polars as pl

VALUES = ("value", "values", *USUAL_NAMES)  # names of the one column that is continued


@dataclass(frozen=True)
class SeriesColumns:
    """What the caller said; empty or None: to be found out.

    Attributes:
        target: the columns to continue; several are several series (wide form).
        time: the column that orders the rows.
        series: the column that tells series apart (long form).
        known: columns whose values are known for the future too.
        static: columns with one value for each series.
        horizon: steps to forecast.
        context: steps that the network sees.
        season: steps after which the series repeats.
        before: what time, series and target were in training; taken where they are not told and
            the frame has such columns.
    """

    target: tuple[str, ...] = ()
    time: str | None = None
    series: str | None = None
    known: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    horizon: int | None = None
    context: int | None = None
    season: int | None = None
    before: tuple[str, str | None, str] | None = None

    def __post_init__(self) -> None:
        for name in ("horizon", "context", "season"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or int(value) != value or value < 1):
                raise DataError(f"{name} must be a whole number of at least 1; got {value!r}.")
        if self.static and self.series is None and self.before is None:
            raise DataError(
                "Static columns belong to a table of several series: name the column that tells "
                "them apart with series=."
            )

    def found_in(self, frame: pl.DataFrame, name: str) -> tuple[SeriesColumns, tuple[str, ...]]:
        """The same with time and target found, and notes that say so.

        Raises:
            DataError: a column is not there, is named twice, or cannot be found out.
            TargetError: it is not clear what to continue.
        """
        if self.before is not None:
            return self._as_before(frame.columns).found_in(frame, name)
        for what in ("target", "time", "series", "known", "static"):
            given = getattr(self, what)
            for column in (given,) if isinstance(given, str) else given or ():
                check_name(frame, column, f"{what}=", name)
        taken = [*self.target, *self.known, *self.static]
        taken += [column for column in (self.series, self.time) if column is not None]
        twice = sorted({column for column in taken if taken.count(column) > 1})
        if twice:
            raise DataError(
                f'"{twice[0]}" is named for two things; each column of {name} is one of target, '
                "time, series, known and static."
            )
        time = self.time or find_time(frame, set(taken), name)
        found, notes = replace(self, time=time), []
        if self.time is None and time:
            notes.append(f'times are those of "{time}"; others: time=NAME')
        if not self.target:
            target = _target(frame, {*taken, time}, name)
            found = replace(found, target=(target,))
            notes.append(f'"{target}" is continued; another: target=NAME')
        used = {*taken, time, *found.target}
        unused = [column for column in frame.columns if column not in used]
        if unused:
            shown = ", ".join(f'"{column}"' for column in unused[:5])
            more = f" and {len(unused) - 5:,} more" if len(unused) > 5 else ""
            notes.append(f"not used: {shown}{more}; columns known ahead: known=NAME")
        return found, tuple(notes)

    def _as_before(self, there: list[str]) -> SeriesColumns:
        """What was not told as it was in training."""
        assert self.before is not None
        time, series, target = self.before
        found = self
        if self.time is None and time in there:
            found = replace(found, time=time)
        if self.series is None and series in there and target in there:
            found = replace(found, series=series, target=(target,))
        return replace(found, before=None)


def _target(frame: pl.DataFrame, taken: set[str], name: str) -> str:
    import polars as pl

    free = [
        column
        for column in frame.columns
        if column not in taken and frame.schema[column].is_numeric() and not _is_row_number(
            frame.get_column(column)
        )
    ]  # fmt: skip
    usual = [column for column in free if column.casefold() in VALUES]
    if len(usual) == 1 or len(free) == 1:
        return usual[0] if len(usual) == 1 else free[0]
    empty = [c for c in frame.columns if c not in taken and frame.schema[c] == pl.Null]
    if not free and empty:
        return empty[0]
    why = f"{len(free)} hold numbers: {', '.join(free[:10])}" if free else "none holds numbers"
    raise TargetError(
        f"Which column of {name} is to be continued ({why})? Name it with target= or --target."
    )


def _is_row_number(series: pl.Series) -> bool:
    if not series.dtype.is_integer() or series.null_count() or len(series) < 3:
        return False
    named = series.name.casefold() in ("rownames", "id", "index", "row", "column_1", "unnamed: 0")
    return named and bool((series.diff().drop_nulls() == 1).all())


def names_of(given: str | Iterable[str] | None, what: str) -> tuple[str, ...]:
    """One name, several or none, as a tuple.

    Raises:
        DataError: they are no names.
    """
    if given is None:
        return ()
    if isinstance(given, str):
        return (given,)
    names: tuple[Any, ...] = tuple(given)
    if not all(isinstance(name, str) for name in names):
        raise DataError(f"{what} must be a column's name, or several in a list; got {given!r}.")
    return names
