"""One pass over a table that does not fit in memory: types, counts, and a sample of its rows.

Exact, from every row: how many rows there are and how many lack a target, each column's type,
whether it has missing values or more than one value, whether it counts the rows, how often each
of its texts occurs (see `counts`), the target's classes, or its mean and spread. From a uniform
sample: everything else that preprocessing learns, such as quartiles. The sample is completed by
the first row in which each column is missing and the first in which it differs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.checks import infinity_message
from ranvier.data.streams.ahead import ahead
from ranvier.data.streams.counts import Counts
from ranvier.data.streams.kinds import as_kind, kind_of, typed, widened
from ranvier.data.streams.reservoir import Lots, Reservoir, owned, stacked
from ranvier.data.streams.tables import Table
from ranvier.data.streams.target import TargetSurvey
from ranvier.errors import DataError, TargetError

if TYPE_CHECKING:
    import polars as pl

SAMPLE_BYTES = 40 << 20
SAMPLE_ROWS = 100_000
MOST_VALUES = 100_000  # counted of one column
ALL_VALUES = 400_000  # counted of all columns together
WITNESSES = 1000


class Survey:
    """What one pass finds.

    Attributes:
        table: what was read.
        targets: the target's columns.
        kinds: column -> its type.
        rows: how many rows have a target.
        lost: how many do not.
        reservoir: the sample.
        witnesses: rows that complete it, with their places and lots.
        counts: column of text -> its values.
        counting: columns that count the rows.
        target: what is known of the target.
        changed: column that turned to text far down -> what a reader should be told.
    """

    def __init__(
        self, table: Table, targets: Sequence[str], seed: int, texts: Collection[str] = ()
    ) -> None:
        """Begin.

        Args:
            table: what to read.
            targets: the target's columns.
            seed: draws the sample.
            texts: columns that are known to be text, whatever their first rows look like.
        """
        import polars as pl

        self.table, self.targets = table, tuple(targets)
        self.kinds: dict[str, Any] = dict.fromkeys(table.names)
        self.kinds |= dict.fromkeys(texts, pl.String())
        self.changed: dict[str, str] = {}
        self.rows = self.lost = 0
        self.reservoir = Reservoir(0)
        self.witnesses: pl.DataFrame | None = None
        self.witness_rows = np.empty(0, np.int64)
        self.witness_lots = np.empty(0)
        self.counts: dict[str, Counts] = {}
        self.counting: dict[str, int] = {}
        self.target = TargetSurvey(self.targets, table.label)
        self._inputs = [name for name in table.names if name not in self.targets]
        self._varies: set[str] = set()
        self._missing: set[str] = set()
        self._first: dict[str, Any] = {}
        self._lots = Lots(seed)

    def run(self) -> Survey:
        """Make the pass.

        Raises:
            DataError, TargetError: a row or a column that cannot be used.
        """
        texts = [name for name, kind in self.kinds.items() if kind is not None]
        for text in ahead(self.table.frames(self.kinds, checked=True)):
            self._add(typed(text, texts=texts))
        if not self.rows:
            self._refuse_nothing()
        self.reservoir.finish()
        return self

    def _add(self, frame: pl.DataFrame) -> None:
        self._refuse_infinities(frame)
        frame = self._with_kinds(frame)
        self.target.add(frame, self.rows + self.lost)
        present = self.target.present(frame)
        if not present.all():
            self.lost += int((~present).sum())
            frame = frame.filter(present)
        if not frame.height:
            return
        if not self.rows:
            size = max(1.0, frame.estimated_size() / frame.height)
            self.reservoir = Reservoir(int(min(SAMPLE_ROWS, max(100, SAMPLE_BYTES // size))))
            self.counting = dict(self._counters(frame))
        lots = self._lots.draw(frame.height)
        self.reservoir.offer(frame, self.rows, lots)
        self._witness(frame, lots)
        self._count(frame)
        self.rows += frame.height

    def _refuse_infinities(self, frame: pl.DataFrame) -> None:
        if self._all_finite(frame):
            return
        for series in frame.iter_columns():
            if series.dtype.is_float() and series.is_infinite().any():
                row = int(series.is_infinite().fill_null(False).arg_max() or 0)
                raise DataError(infinity_message(series.name, self.rows + self.lost + row, None))

    def _all_finite(self, frame: pl.DataFrame) -> bool:
        import polars as pl

        floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
        finite = frame.select(pl.all_horizontal(pl.col(floats).is_finite().all()))
        return not floats or bool(finite.item())

    def _with_kinds(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame in the types known so far, which it may widen."""
        import polars as pl

        columns = []
        for series in frame.iter_columns():
            before, here = self.kinds[series.name], kind_of(series)
            kind = widened(before, here)
            if before is not None and kind != before and kind == pl.String:
                self._changed(series, before)
            self.kinds[series.name] = kind
            columns.append(series if kind is None else as_kind(series, kind))
        return pl.DataFrame(columns)

    def _changed(self, series: pl.Series, before: Any) -> None:

        from ranvier.data.inference import clean, numbers

        odd = clean(series.cast(str)).drop_nulls()
        if before.is_numeric():
            odd = odd.filter(numbers(odd).is_null())
        first = f" such as {str(odd[0])!r}" if len(odd) else ""
        what = (
            "numbers" if before.is_numeric() else "dates" if before.is_temporal() else "true/false"
        )
        words = (
            f'the column "{series.name}" holds {what} up to row {self.rows + self.lost:,} and '
            f"other text{first} after it"
        )
        self.changed[series.name] = words
        if series.name in self.targets:
            self.target.changed = words

    def _counters(self, frame: pl.DataFrame) -> Any:
        """Columns whose whole numbers begin with 0 or 1, which may count the rows."""
        for name in self._inputs:
            series = frame[name]
            if series.dtype.is_integer() and series[0] in (0, 1):
                yield name, int(series[0])

    def _witness(self, frame: pl.DataFrame, lots: np.ndarray) -> None:
        """Keep the first rows in which a column is missing, or differs from its first value."""
        places, finite = set(), self._all_finite(frame)
        for name in self._inputs:
            series = frame[name]
            if name in self._varies and (
                name in self._missing or (finite and not series.null_count())
            ):
                continue
            nulls = series.is_null()
            if series.dtype.is_float():
                nulls |= series.is_nan()
            if name not in self._missing and nulls.any():
                self._missing.add(name)
                places.add(int(nulls.arg_max() or 0))
            if name in self._varies or series.dtype.is_nested() or nulls.all():
                continue
            first = self._first.setdefault(name, series.filter(~nulls)[0])
            differs = (as_text(series) != str(first)).fill_null(False) & ~nulls
            if differs.any():
                self._varies.add(name)
                places.add(int(differs.arg_max() or 0))
        if places and len(self.witness_rows) < WITNESSES:
            chosen = np.array(sorted(places))
            self.witnesses = stacked(self.witnesses, owned(frame[chosen]))
            self.witness_rows = np.concatenate([self.witness_rows, self.rows + chosen])
            self.witness_lots = np.concatenate([self.witness_lots, lots[chosen]])

    def _count(self, frame: pl.DataFrame) -> None:
        import polars as pl

        texts = [name for name in self._inputs if frame[name].dtype == pl.String]
        for name in texts:
            if name not in self.counts:
                most = min(MOST_VALUES, ALL_VALUES // len(texts))
                self.counts[name] = Counts(max(most, 1000))
            self.counts[name].add(frame[name])
        for name, start in list(self.counting.items()):
            series, first = frame[name], start + self.rows
            steps = np.arange(first, first + frame.height)
            counts_on = series.dtype.is_integer() and not series.null_count()
            if not counts_on or (series.to_numpy() != steps).any():
                del self.counting[name]

    def _refuse_nothing(self) -> None:
        if not self.lost:
            raise DataError(
                f"{self.table.label} has a header and no rows: there is nothing to learn."
            )
        raise TargetError(
            f'The target "{", ".join(self.targets)}" has no value in any row: '
            "there is nothing to learn."
        )


def survey(table: Table, targets: Sequence[str], seed: int) -> tuple[Survey, tuple[str, ...]]:
    """One pass, and notes; a second one where a column turned to text, to read it all as text.

    Raises:
        DataError, TargetError: a row or a column that cannot be used.
    """
    found = Survey(table, targets, seed).run()
    changed = found.changed
    if changed:
        found = Survey(table, targets, seed, tuple(changed)).run()
    return found, tuple(changed.values())


def as_text(series: pl.Series) -> pl.Series:
    """Values as they are compared with the first one."""
    return series.cast(str, strict=False)
