"""A target with a label for every step of every row: a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ranvier.data.checks import missing_mask
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]

TEXT = "OUS"  # kinds of arrays


@dataclass(frozen=True, eq=False)
class StepLabels:
    """Labels of steps, as many in each row as it has steps.

    Attributes:
        flat: (all steps,), one row after the other.
        starts: int64 (rows of `flat` + 1,): where each row begins, and the end.
        rows: int64 (N,), which of those rows these are; None: all of them, in order.
    """

    flat: Array
    starts: Array
    rows: Array | None = None

    @classmethod
    def of(cls, arrays: Any) -> StepLabels:
        """Labels from a list, or an array of objects, of a row of labels for each row.

        Raises:
            DataError: a row that is no row of labels, or a label that is missing.
        """
        rows = [_row(array, number) for number, array in enumerate(arrays)]
        if not rows:
            raise DataError(
                "Found array with 0 sample(s) while a minimum of 1 is required: pass the labels of "
                "at least one row."
            )
        starts = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
        if len({row.dtype.kind in TEXT for row in rows if len(row)}) > 1:
            rows = [row.astype(object) for row in rows]
        labels = cls(np.concatenate(rows), starts)
        labels.check()
        return labels

    def check(self) -> None:
        """Refuse labels that are missing or infinite.

        Raises:
            DataError: with the row and the step of the first.
        """
        absent = missing_mask(self.flat)
        if self.flat.dtype.kind == "f":
            absent = absent | np.isinf(self.flat)
        if absent.any():
            place = int(np.argmax(absent))
            row = int(np.searchsorted(self.starts, place, side="right")) - 1
            count = int(absent.sum())
            lost = "one is missing" if count == 1 else f"{count:,} are missing, the first"
            raise DataError(
                f"Every step needs a label; {lost} in row {row:,}, step "
                f"{place - int(self.starts[row]):,}: fill in what is missing, or leave the row out."
            )

    def __len__(self) -> int:
        return len(self.starts) - 1 if self.rows is None else len(self.rows)

    @property
    def lengths(self) -> Array:
        """Int64 (N,): how many labels each row has."""
        every: Array = np.diff(self.starts)
        return every if self.rows is None else every[self.rows]

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, labels of the longest row)."""
        return (len(self), int(self.lengths.max(initial=0)))

    @property
    def ndim(self) -> int:
        """2."""
        return 2

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the labels."""
        return np.dtype(self.flat.dtype)

    def __getitem__(self, index: Any) -> StepLabels:
        """Some of the rows (numbers, a mask or a slice), in the given order; nothing is copied."""
        chosen = np.arange(len(self))[index]
        return replace(self, rows=chosen if self.rows is None else self.rows[chosen])

    def row(self, number: int) -> Array:
        """The labels of one of these rows, (its length,)."""
        place = number if self.rows is None else int(self.rows[number])
        return self.flat[self.starts[place] : self.starts[place + 1]]

    def all(self) -> Array:
        """All labels of these rows, one row after the other."""
        if self.rows is None:
            return self.flat
        if not len(self.rows):
            return self.flat[:0]
        return np.concatenate([self.row(number) for number in range(len(self))])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Objects (N,): an array of labels for each row."""
        del dtype, copy
        return together([self.row(number) for number in range(len(self))])


def together(rows: list[Array]) -> Array:
    """Arrays of any lengths as an array of objects (N,), one for each row."""
    found = np.empty(len(rows), object)
    for number, row in enumerate(rows):
        found[number] = row
    return found


def in_rows(values: Any) -> bool:
    """Whether it is a list, or an array of objects, of a row of labels for each row."""
    if isinstance(values, np.ndarray) and (values.ndim != 1 or values.dtype.kind != "O"):
        return False
    if not isinstance(values, (list, tuple, np.ndarray)) or not len(values):
        return False
    return all(_is_row(row) for row in values)


def _is_row(row: Any) -> bool:
    if isinstance(row, (list, tuple)):
        return True
    return hasattr(row, "__array__") and hasattr(row, "__len__") and np.ndim(row) == 1


def _row(array: Any, number: int) -> Array:
    try:
        labels = np.asarray(array)
    except (TypeError, ValueError):
        labels = np.empty((0, 0))
    if labels.ndim != 1:
        raise DataError(
            f"The labels of row {number:,} must be a list or an array with one label for each "
            "step: give each step one name or one whole number."
        )
    if labels.dtype.kind == "O":
        kinds = {type(label) for label in labels.tolist()}
        if all(issubclass(kind, (int, float, np.number, np.bool_)) for kind in kinds):
            return np.array(labels.tolist())
    return labels
