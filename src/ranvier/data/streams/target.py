"""What one pass finds about the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.inference import numbers
from ranvier.data.streams.counts import Counts
from ranvier.data.targets import as_target
from ranvier.errors import TargetError

if TYPE_CHECKING:
    import polars as pl

MOST_CLASSES = 10_000
PARSED_SHARE = 0.95  # of numbers, from which other text is a mistake


class TargetSurvey:
    """The target's values, as far as they can be known in bounded memory.

    Attributes:
        rows: how many rows have a target.
        measured: whether it is numbers, so that mean and spread are known.
        mean, spread: float64 (outputs,), the mean and the standard deviation of numbers.
        changed: what is wrong where the kind of values changes far down the table.
    """

    def __init__(self, names: tuple[str, ...], label: str) -> None:
        self.names, self._label = names, label
        self.rows = 0
        self.measured = False
        self.mean = np.zeros(len(names))
        self._squares = np.zeros(len(names))
        self.changed = ""
        self._counts = Counts(MOST_CLASSES)
        self._other: np.ndarray | None = None  # a row that is not of 0 and 1

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation of each output."""
        deviation: np.ndarray = np.sqrt(self._squares / max(1, self.rows))
        return deviation

    def present(self, frame: pl.DataFrame) -> np.ndarray:
        """Where no target is missing: bool (rows,)."""
        import polars as pl

        given = frame.select(self.names)
        floats = [name for name in self.names if given[name].dtype.is_float()]
        given = given.with_columns(pl.col(name).fill_nan(None) for name in floats)
        missing = given.select(pl.any_horizontal(pl.all().is_null())).to_series()
        return np.asarray(~missing.to_numpy())

    def add(self, frame: pl.DataFrame, first: int) -> None:
        """Take rows in; `first` is the place of the first of them.

        Raises:
            TargetError: numbers that become text after too many different ones.
        """
        present = self.present(frame)
        given = frame.select(self.names).filter(present)
        if not given.height:
            return
        if len(self.names) == 1:
            if self._counts.exact:
                self._counts.add(given.to_series())
            if self.changed and not self._counts.exact:
                raise TargetError(f"{self._label}: {self.changed}: a target is of one kind.")
        if all(dtype.is_numeric() for dtype in given.dtypes):
            self._measure(np.asarray(as_target(given), np.float64).reshape(given.height, -1))
        self.rows += given.height

    def _measure(self, values: np.ndarray) -> None:
        """Chan's update of mean and squares, which loses no digits."""
        self.measured = True
        count, mean = len(values), values.mean(axis=0)
        squares = np.square(values - mean).sum(axis=0)
        apart, total = mean - self.mean, self.rows + count
        self._squares += squares + np.square(apart) * (self.rows * count / total)
        self.mean = self.mean + apart * (count / total)
        if self._other is None and len(self.names) > 1:
            odd = ((values != 0) & (values != 1)).any(axis=1)
            self._other = values[np.argmax(odd)][None] if odd.any() else None

    def telling(self, sample: np.ndarray) -> tuple[np.ndarray, bool]:
        """Values from which the task can be decided, and whether they are all there are.

        For one column of at most `MOST_CLASSES` different values: each of them, twice where they
        come twice on average. Otherwise a sample.

        Raises:
            TargetError: more different names than classes can be.
        """
        if len(self.names) > 1:
            whole = sample if self._other is None else np.concatenate([sample, self._other])
            return whole, False
        if self._counts.exact:
            values = as_target(self._counts.table.select("value"))
            twice = self.rows >= 2 * len(values)
            return (np.concatenate([values, values]) if twice else values), True
        if sample.dtype.kind in "OUS":
            self._refuse_numbers_with_text(sample)
            raise TargetError(
                f'The target "{self.names[0]}" of {self._label} holds more than {MOST_CLASSES:,} '
                "different names; choose a column that repeats, or one of numbers."
            )
        return sample, False

    def _refuse_numbers_with_text(self, sample: np.ndarray) -> None:
        import polars as pl

        texts = pl.concat([pl.Series(sample.tolist()), self._counts.table["value"].cast(pl.String)])
        odd = texts.filter(numbers(texts).is_null())
        if len(odd) < len(texts) * (1 - PARSED_SHARE):
            example = f" such as {odd[0]!r}" if len(odd) else ""
            raise TargetError(
                f'The target "{self.names[0]}" of {self._label} holds numbers, and in a few rows '
                f"other text{example}; leave it empty there, or repair it."
            )

    def shares(self) -> dict[Any, int]:
        """How often each value occurs, where all are known."""
        table = self._counts.table
        return dict(zip(as_target(table.select("value")).tolist(), table["times"], strict=True))
