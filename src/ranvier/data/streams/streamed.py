"""`Streamed`: examples that stay in their files, and the few of them that are held in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import builtin
from ranvier.data.dataset import Dataset
from ranvier.data.readable import readable
from ranvier.data.streams.ahead import ahead
from ranvier.data.streams.kinds import as_whole, typed
from ranvier.data.streams.reservoir import Lots, stacked
from ranvier.data.streams.survey import Survey, survey
from ranvier.data.streams.tables import (
    Table,
    as_windows_1252,
    memory_needed,
    nothing_in,
    open_table,
    streamable,
)
from ranvier.data.targets import as_target, default_target
from ranvier.errors import DataError, TargetError, nearest

if TYPE_CHECKING:
    import polars as pl

HELD_SHARE = 4  # at most one row of the sample in so many is held out to test, and to validate


@dataclass(frozen=True)
class Facts:
    """What was learned of the columns from every row.

    Attributes:
        counts: column of text -> a frame of its values and how often each comes.
        counting: columns that count the rows.
        rows: how many there are.
    """

    counts: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    counting: frozenset[str] = frozenset()
    rows: int = 0


@dataclass(frozen=True)
class Streamed:
    """Examples that are read in pieces.

    The rows that draw the smallest lots are held in memory: first those that test, then those
    that validate, then those that statistics are learned from; all others, and the last of
    these three, train.

    Attributes:
        survey: what the first pass found.
        seed: what draws the lots.
        test_fraction: the share of rows to hold out, as far as they can be held in memory.
        bytes: of the files.
        changes: what a reader should be told of columns whose kind changes.
    """

    survey: Survey
    seed: int
    test_fraction: float
    bytes: int
    changes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.survey.rows

    @property
    def name(self) -> str:
        """For display."""
        return self.survey.table.label

    @property
    def target_names(self) -> tuple[str, ...]:
        """One name per output."""
        return self.survey.targets

    @property
    def columns(self) -> tuple[str, ...]:
        """The input columns' names."""
        return tuple(n for n in self.survey.table.names if n not in self.survey.targets)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should be told."""
        survey = self.survey
        notes = [*survey.table.notes, *self.changes]
        if survey.lost:
            rows = f"{survey.lost:,} rows" if survey.lost > 1 else "1 row"
            verb = "are" if survey.lost > 1 else "is"
            notes.append(f"{rows} without {' or '.join(survey.targets)} {verb} not used")
        return tuple(notes)

    @property
    def facts(self) -> Facts:
        """What was learned of the columns from every row."""
        survey = self.survey
        counts = {name: c.table for name, c in survey.counts.items() if c.exact}
        return Facts(counts, frozenset(survey.counting), survey.rows)

    def held(self, fraction: float) -> int:
        """How many rows to hold for a share: no more than a part of the sample."""
        most = max(1, len(self.survey.reservoir.lots) // HELD_SHARE)
        return min(round(self.survey.rows * fraction), most)

    @property
    def test_rows(self) -> np.ndarray | None:
        """Sorted row numbers that are held out to test; None where none are."""
        rows = self.survey.reservoir.rows[: self.held(self.test_fraction)]
        return np.sort(rows) if len(rows) else None

    @property
    def is_capped(self) -> bool:
        """Whether fewer rows are held out to test than the share asks for."""
        return self.held(self.test_fraction) < round(len(self) * self.test_fraction)

    @property
    def test(self) -> Dataset:
        """The rows that are held out to test."""
        count = self.held(self.test_fraction)
        return self._dataset(np.arange(count))

    @property
    def train(self) -> Streamed:
        """Itself: its batches hold no row that is held out."""
        return self

    @property
    def sample(self) -> Dataset:
        """Rows that are not held out to test, in memory."""
        first = self.held(self.test_fraction)
        return self._dataset(np.arange(first, len(self.survey.reservoir.lots)))

    def valid(self, fraction: float) -> Dataset:
        """The rows that validate."""
        first = self.held(self.test_fraction)
        return self._dataset(np.arange(first, first + self.held(fraction)))

    def known(self, fraction: float) -> Dataset:
        """The rows that statistics are learned from: a sample of those that train, completed."""
        survey, first = self.survey, self.held(self.test_fraction) + self.held(fraction)
        frame, rows = self._frame(np.arange(first, len(survey.reservoir.lots)))
        new = (survey.witness_lots > self._limit(fraction)) & ~np.isin(survey.witness_rows, rows)
        if new.any():
            assert survey.witnesses is not None
            frame = stacked(frame, self._typed(survey.witnesses[np.flatnonzero(new)]))
            rows = np.concatenate([rows, survey.witness_rows[new]])
        return self._parted(frame[np.argsort(rows)])

    def train_rows(self, fraction: float) -> int:
        """How many rows train."""
        return self.survey.rows - self.held(self.test_fraction) - self.held(fraction)

    @property
    def labels(self) -> np.ndarray:
        """Values of the target from which the task can be decided: see `TargetSurvey.telling`."""
        sample = self.sample.target
        assert sample is not None
        return self.survey.target.telling(sample)[0]

    def batches(self, fraction: float) -> Iterator[Dataset]:
        """The rows that train, in their order, a few thousand at a time.

        Raises:
            DataError: the files cannot be read any more.
        """
        survey, lots, limit = self.survey, Lots(self.seed), self._limit(fraction)
        for text in ahead(_readable(survey.table.frames(survey.kinds), self.name)):
            frame = self._typed(text)
            frame = frame.filter(survey.target.present(frame))
            if frame.height:
                yield self._parted(frame.filter(lots.draw(frame.height) > limit))

    def _limit(self, fraction: float) -> float:
        """The largest lot of a row that is held out."""
        count = self.held(self.test_fraction) + self.held(fraction)
        return float(self.survey.reservoir.lots[count - 1]) if count else -1.0

    def _frame(self, places: np.ndarray) -> tuple[pl.DataFrame, np.ndarray]:
        """Rows of the sample in the order of the file, and their row numbers."""
        reservoir = self.survey.reservoir
        assert reservoir.frame is not None
        ordered = places[np.argsort(reservoir.rows[places], kind="stable")]
        return self._typed(reservoir.frame[ordered]), reservoir.rows[ordered]

    def _dataset(self, places: np.ndarray) -> Dataset:
        return self._parted(self._frame(places)[0])

    def _typed(self, frame: pl.DataFrame) -> pl.DataFrame:
        return as_whole(frame, self.survey.kinds)

    def _parted(self, frame: pl.DataFrame) -> Dataset:
        names = list(self.survey.targets)
        inputs, target = frame.drop(names), as_target(frame.select(names))
        return Dataset(inputs, target, self.survey.targets, self.name)


def in_memory(examples: Dataset | Streamed) -> Dataset:
    """The examples, or of a stream the sample of them that is in memory."""
    return examples.sample if isinstance(examples, Streamed) else examples


def too_large(source: Any, budget: int) -> bool:
    """Whether this is a folder of tables, or one that would take more than `budget` bytes."""
    from ranvier.data.sources import takes_folder

    if not isinstance(source, (str, Path)):
        return False
    path = Path(source).expanduser()
    if source in builtin.NAMES and not path.is_file():
        return False
    try:
        if path.is_dir():
            return streamable(path) and not takes_folder(path)
        return streamable(path) and memory_needed(path) > budget and not _is_prose(path)
    except (OSError, DataError):
        return False  # said when it is read


def _is_prose(path: Path) -> bool:
    from ranvier.data.sources import books

    return path.name.lower().endswith(books.SUFFIXES) and not books.is_table(path)


def stream(
    source: str | Path,
    *,
    target: str | Sequence[str] | None = None,
    test_fraction: float = 0.0,
    seed: int = 0,
) -> Streamed:
    """Pass over a table once, and hold a sample of it.

    Raises:
        DataError: it cannot be read, or a row does not fit.
        TargetError: the target is not there, or it is not clear which column it is.
    """
    path = Path(source).expanduser()
    with readable(path):
        table = open_table(path)
        names = _targets(table, target)
        try:
            found, notes = survey(table, names, seed)
        except UnicodeDecodeError:
            table = as_windows_1252(table)
            found, notes = survey(table, names, seed)
        return Streamed(found, seed, test_fraction, _size(path), notes)


def _readable(frames: Iterator[pl.DataFrame], name: str) -> Iterator[pl.DataFrame]:
    try:
        yield from frames
    except OSError as error:
        raise DataError(
            f"{name} cannot be read any more: {error.strerror or error}; read a copy."
        ) from error


def _size(path: Path) -> int:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _targets(table: Table, target: str | Sequence[str] | None) -> tuple[str, ...]:
    from ranvier.data.reading import target_list

    names = target_list(target)
    if not names:
        first = next(iter(table.frames()), None)
        if first is None:
            raise DataError(nothing_in(table))
        names = [default_target(typed(first), header=table.header, name=table.label)]
    for column in names:
        if column not in table.names:
            hint = nearest(column, table.names)
            raise TargetError(f'{table.label} has no column "{column}".{hint}')
    if len(set(names)) < len(names):
        raise TargetError(f"A target is named twice in {', '.join(names)}: name each column once.")
    if len(names) == len(table.names):
        raise TargetError(
            f"{table.label} has no column beside the target to learn from: "
            "name fewer targets, or add columns."
        )
    return tuple(names)
