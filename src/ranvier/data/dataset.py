"""A set of examples: inputs, what is to be predicted, and which rows are held out."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.whole import Whole
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples ready to be learned from; a value, never changed in place.

    Attributes:
        inputs: (N, columns). A polars frame where columns have names or mixed types; a dense
            2-D array of floats, integers or booleans where they have not. Or `Pictures`,
            `Sequences` or `Texts`.
        target: (N,) or (N, outputs); None when nothing is to be predicted. Where a picture is
            to be made: (N, height, width), (N, height, width, channels) or `Pictures`. Where each
            step has a label: `StepLabels`.
        target_names: one name per output.
        name: for display, such as "flights.csv".
        weights: (N,) float64; None when every row counts once.
        test_rows: sorted int64 row numbers that are held out; None when there is no split.
        valid_rows: sorted int64 row numbers to validate on; None where the model chooses them.
        notes: what a reader should be told, such as "9,430 rows without arr_delay are not used".
        unnamed: the frame's column names were made up ("x0", "x1", ...), not given.

    Example:
        >>> import numpy as np, ranvier as rv
        >>> examples = rv.Dataset(np.zeros((4, 2)), np.array([0, 1, 0, 1]), test_rows=np.array([3]))
        >>> len(examples), examples.columns
        (4, ('x0', 'x1'))
        >>> len(examples.train), len(examples.test)
        (3, 1)
    """

    inputs: pl.DataFrame | np.ndarray[Any, Any] | Whole
    target: Any = None
    target_names: tuple[str, ...] = ()
    name: str = ""
    weights: np.ndarray[Any, Any] | None = None
    test_rows: np.ndarray[Any, Any] | None = None
    notes: tuple[str, ...] = ()
    unnamed: bool = False
    valid_rows: np.ndarray[Any, Any] | None = None

    def __len__(self) -> int:
        return int(self.inputs.shape[0])

    @property
    def columns(self) -> tuple[str, ...]:
        """The input columns' names; "x0", "x1", ... for an array."""
        if isinstance(self.inputs, np.ndarray):
            return _numbered(self.inputs.shape[1])
        if isinstance(self.inputs, Whole):
            return self.inputs.columns
        return tuple(self.inputs.columns)

    @property
    def named(self) -> bool:
        """Whether the columns carry names of their own."""
        if isinstance(self.inputs, Whole):
            return self.inputs.beside is not None
        return not (self.unnamed or isinstance(self.inputs, np.ndarray))

    def take(self, rows: np.ndarray[Any, Any] | slice) -> Dataset:
        """The given rows, in the given order (row numbers, a mask or a slice); drops the splits."""
        index = np.arange(len(self))[rows]
        return replace(
            self,
            inputs=self.inputs[index],
            target=None if self.target is None else self.target[index],
            weights=None if self.weights is None else self.weights[index],
            test_rows=None,
            valid_rows=None,
        )

    @property
    def labels(self) -> np.ndarray[Any, Any]:
        """The target as an array, read where it is pictures; of steps, objects (N,), a row each."""
        assert self.target is not None
        return np.asarray(self.target)

    @property
    def train(self) -> Dataset:
        """Every row that is not held out; the set itself when there is no split."""
        if self.test_rows is None:
            return self
        kept = np.ones(len(self), dtype=bool)
        kept[self.test_rows] = False
        train = self.take(kept)
        if self.valid_rows is None:
            return train
        validates = np.zeros(len(self), dtype=bool)
        validates[self.valid_rows] = True
        return replace(train, valid_rows=np.flatnonzero(validates[kept]))

    @property
    def test(self) -> Dataset:
        """The rows held out, which training never sees."""
        if self.test_rows is None:
            raise DataError(
                f"{self.name or 'This data set'} has no held-out rows: read it with "
                "test_fraction=0.2, or pass a second set to evaluate on."
            )
        return self.take(self.test_rows)

    def __repr__(self) -> str:
        rows, columns = _counted(len(self), "row"), _counted(len(self.columns), "column")
        parts = [f"{self.name}: {rows}" if self.name else rows, columns]
        if isinstance(self.inputs, Whole):
            parts[1] = self.inputs.about
        if self.target is not None:
            parts.append("target " + (", ".join(self.target_names) or "given"))
        if self.test_rows is not None:
            parts.append(_counted(len(self.test_rows), "row") + " held out")
        return f"<Dataset {' · '.join(parts)}>"


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


@functools.lru_cache(maxsize=32)
def _numbered(columns: int) -> tuple[str, ...]:
    """Names for columns that have none."""
    return tuple(f"x{number}" for number in range(columns))
