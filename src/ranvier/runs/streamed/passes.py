"""The two passes over a table that is predicted in pieces."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ranvier.data import Dataset
from ranvier.data.readable import readable
from ranvier.data.streams.ahead import ahead
from ranvier.data.streams.census import Census, take_census
from ranvier.data.streams.places import Place
from ranvier.data.streams.tables import Table, share_before
from ranvier.errors import CheckpointError, DataError, DataWarning
from ranvier.model import Model
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.runs.prediction import answers, lines
from ranvier.runs.streamed.appending import Appended, Record
from ranvier.runs.streamed.blocks import UNIT, Block, blocks
from ranvier.runs.streamed.sources import fingerprints
from ranvier.training.interrupt import Interrupt

if TYPE_CHECKING:
    import polars as pl

BLOCK_BYTES = 32 << 20  # about what a block takes on its way through
MOST_ROWS = 1 << 16

# Told what is done ("reading", "predicting", once "resumed"), the rows so far, of how many (0: not
# known), and about which share is done.
Told = Callable[[str, int, int, float], None]


@dataclass(frozen=True)
class Pace:
    """How often something is written down.

    Attributes:
        rows: of a block; rounded down to a multiple of `UNIT`; None: by their width.
        seconds: between two records, of which each waits for the disk.
    """

    rows: int | None = None
    seconds: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """How it ended.

    Attributes:
        rows: that are predicted, since the beginning.
        total: that there are.
    """

    rows: int
    total: int

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it."""
        return self.rows < self.total


class Run:
    """What predicts one source into one file."""

    def __init__(
        self,
        model: Model,
        path: Path,
        table: Table,
        made_of: dict[str, Any],
        part: Appended,
        told: Told,
        pace: Pace,
    ) -> None:
        self._model, self._path, self._table, self._part = model, path, table, part
        self._made_of, self._told, self._pace = made_of, told, pace

    def predicted(self, left: Record | None, suffix: str, proba: bool) -> Outcome:
        """All rows, or as many as were predicted when Ctrl-C was pressed."""
        census, record = self._begun(left)
        self._commit(record)
        start = Place(record.file, record.at)
        spoke = perf_counter()
        if record.rows:
            self._told("resumed", record.rows, record.total, record.rows / record.total)
        with Interrupt() as interrupt, closing(self._blocks(census, start, record.skip)) as pieces:
            for block in pieces:
                rows = Dataset(block.frame, name=census.table.label)
                with quiet():
                    frame = answers(self._model, rows, proba=proba)
                self._part.append(lines(frame, suffix, header=not record.rows))
                record = self._after(record, block)
                self._told("predicting", record.rows, record.total, record.rows / record.total)
                if interrupt.asked:
                    break
                if perf_counter() - spoke >= self._pace.seconds:
                    self._commit(record)
                    spoke = perf_counter()
        if record.rows != record.total and not interrupt.asked:
            raise self._changed()
        self._commit(record)
        return Outcome(record.rows, record.total)

    def _begun(self, left: Record | None) -> tuple[Census, Record]:
        """What the first pass finds, or what it found then."""
        if left is not None:
            if left.made_of.get("columns") != self._made_of["columns"]:
                raise CheckpointError(
                    "The model names its predictions otherwise than when they were begun: begin "
                    "anew with another file in --out."
                )
            try:
                return Census.from_plain(self._table, left.made_of["census"]), left
            except (KeyError, TypeError, ValueError) as error:
                raise CheckpointError(
                    f"The record of what is written is damaged ({error}): begin anew with another "
                    "file in --out."
                ) from error

        preprocessor = self._model.preprocessor_
        asked = preprocessor.category_names if isinstance(preprocessor, TablePreprocessor) else ()
        with readable(self._path):
            share = share_before(self._table)

            def told(rows: int, place: Place) -> None:
                self._told("reading", rows, 0, share(place))

            census = take_census(self._table, told, asked=asked)
        return census, Record({**self._made_of, "census": census.to_plain()}, census.rows)

    def _blocks(self, census: Census, start: Place, skip: int) -> Generator[Block]:
        """The rows that are left, made ready in the background."""

        def pieces() -> Iterator[tuple[Place, pl.DataFrame]]:
            for place, raw in census.table.placed(census.kinds, start):
                yield place, census.typed(raw)

        rows = self._rows_of_a_block(census)
        try:
            with readable(self._path), closing(ahead(blocks(pieces(), rows, skip))) as found:
                yield from found
        except (DataError, UnicodeDecodeError):
            self._refuse_change()
            raise

    def _rows_of_a_block(self, census: Census) -> int:
        rows = self._pace.rows
        if rows is None:
            spec, units = self._model.preprocessor_.spec, self._model._coder.spec.units
            numbers = spec.numeric + len(spec.categories) + 4 * units
            rows = min(MOST_ROWS, BLOCK_BYTES // (16 * len(census.kinds) + 8 * numbers))
        return max(1, rows // UNIT) * UNIT

    def _after(self, record: Record, block: Block) -> Record:
        unreadable = {name: (count, first) for name, (count, first) in record.unreadable.items()}
        preprocessor = self._model.preprocessor_
        if not (isinstance(preprocessor, TablePreprocessor) and preprocessor.plan.array):
            for name, count, first in preprocessor.unreadable(block.frame):
                before, example = unreadable.get(name, (0, first))
                unreadable[name] = (before + count, example)
        return replace(
            record,
            rows=record.rows + block.frame.height,
            bytes=self._part.size,
            file=block.place.file,
            at=block.place.at,
            skip=block.skip,
            unreadable=unreadable,
        )

    def _commit(self, record: Record) -> None:
        self._refuse_change()
        self._part.commit(record)

    def _refuse_change(self) -> None:
        if fingerprints(self._path) != self._made_of["source"]:
            raise self._changed()

    def _changed(self) -> CheckpointError:
        known, what = self._part.record, f"{self._path} changed while it was predicted"
        if known is None:
            return CheckpointError(f"{what}: begin anew once it is complete.")
        return CheckpointError(
            f"{what}, so that its rows do not belong together: the first {known.rows:,} of before "
            f"are kept in {self._part.path}; predict what it is now into another file."
        )


@contextmanager
def quiet() -> Iterator[None]:
    """What is to be said of the data is said once, not for each block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        yield
