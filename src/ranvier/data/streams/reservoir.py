"""A uniform sample of rows that come in pieces.

Every row draws a number from (seed, its place); the rows with the smallest numbers stay. So the
sample depends on the seed and on the rows alone, and any first part of it, by these numbers, is
a uniform sample too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.streams.kinds import as_kinds, kind_of, widened

if TYPE_CHECKING:
    import polars as pl

SLACK = 1.25  # rows held at most before some are let go, in shares of the sample
_DRAWING = 105
Array = np.ndarray[Any, Any]


class Lots:
    """The number that each row draws, in the order of the rows."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64([seed, _DRAWING]))

    def draw(self, rows: int) -> Array:
        """(rows,) float64 in [0, 1), for the rows that follow."""
        return self._generator.random(rows)


class Reservoir:
    """The rows that stay.

    Attributes:
        frame: their columns.
        rows: int64, their places in the whole.
        lots: float64, the numbers that they drew.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = np.inf
        self.frame: pl.DataFrame | None = None
        self.rows = np.empty(0, np.int64)
        self.lots = np.empty(0)

    def offer(self, frame: pl.DataFrame, first: int, lots: Array) -> None:
        """Take rows in whose places are `first`, `first` + 1, ..."""
        chosen = np.flatnonzero(lots < self._limit)
        if not len(chosen):
            return
        self.frame = stacked(self.frame, owned(frame[chosen]))
        self.rows = np.concatenate([self.rows, first + chosen])
        self.lots = np.concatenate([self.lots, lots[chosen]])
        if len(self.lots) > SLACK * self._most:
            self._shrink()

    def finish(self) -> None:
        """Let go what is too much, and put the rest in the order of the lots."""
        if len(self.lots) > self._most:
            self._shrink()
        if self.frame is not None:
            self._keep(np.argsort(self.lots, kind="stable"))

    def _shrink(self) -> None:
        self._limit = np.partition(self.lots, self._most)[self._most]
        self._keep(np.flatnonzero(self.lots < self._limit))

    def _keep(self, chosen: Array) -> None:
        assert self.frame is not None
        self.frame = owned(self.frame[chosen])
        self.rows, self.lots = self.rows[chosen], self.lots[chosen]


def stacked(above: pl.DataFrame | None, below: pl.DataFrame) -> pl.DataFrame:
    """Both, with columns of the narrowest types that hold the values of both."""
    if above is None:
        return below
    if above.schema != below.schema:
        kinds = {}
        for name in above.columns:
            kind = widened(kind_of(above[name]), kind_of(below[name]))
            kinds[name] = above[name].dtype if kind is None else kind
        above, below = as_kinds(above, kinds), as_kinds(below, kinds)
    return above.vstack(below)


def owned(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in memory of their own: a selection may hold on to all it was chosen from."""
    import polars as pl

    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    frame = frame.rechunk()
    if not texts:
        return frame
    copies = [pl.Series(name, frame[name].to_list(), dtype=pl.String) for name in texts]
    return frame.with_columns(copies)
