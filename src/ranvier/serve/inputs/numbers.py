"""Tables whose columns are numbers and which the model learned from an array."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.errors import nearest
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.serve.faults import bad
from ranvier.serve.inputs import tabular
from ranvier.serve.inputs.base import WHOLE, Array, Inputs, numbers_of, some
from ranvier.serve.tensors import TensorSpec


class NumberInputs(Inputs):
    """Rows of numbers, float64 (N, columns); NaN is a missing value."""

    kind = "table"

    def __init__(self, preprocessor: TablePreprocessor, ignored: tuple[str, ...]) -> None:
        self._preprocessor, self._ignored = preprocessor, ignored
        self.columns = preprocessor.columns
        self.specs = (TensorSpec(WHOLE, "FP64", (-1, len(self.columns))),)

    def of_tensors(self, given: Mapping[str, Array]) -> Array:
        """See `Inputs`."""
        array = self.tensors(given)[WHOLE]
        return self._checked(numbers_of(array, f'The tensor "{WHOLE}"').astype(np.float64))

    def of_rows(self, rows: list[Any]) -> Array:
        """See `Inputs`; a row is a list of numbers or an object of them by column."""
        if rows and isinstance(rows[0], dict):
            rows = [self._ordered(row, number) for number, row in enumerate(rows)]
        try:
            array = np.array(rows, np.float64)  # None becomes NaN
        except (TypeError, ValueError, OverflowError):
            raise bad(self._expected(rows)) from None
        return self._checked(array)

    def of_csv(self, data: bytes) -> Array:
        """See `Inputs`."""
        names, columns = tabular.columns_of(data)
        if names is not None and not set(names) & set(self.columns):
            names = None  # other names in the same number: taken by position
        if names is None:
            rows: list[Any] = [list(row) for row in zip(*columns, strict=True)]
        else:
            rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return self.of_rows(rows)

    def count(self, rows: Array) -> int:
        """See `Inputs`."""
        return len(rows)

    def together(self, parts: Sequence[Array]) -> Array:
        """See `Inputs`."""
        return np.concatenate(parts)

    def prepared(self, rows: Array) -> dict[str, Array]:
        """See `Inputs`."""
        return self._preprocessor.transform(rows)

    def examples(self, rows: Array) -> Array:
        """See `Inputs`."""
        return rows

    def samples(self) -> Iterator[Array]:
        """See `Inputs`."""
        yield np.zeros((1, len(self.columns)))

    def described(self) -> dict[str, Any]:
        """See `Inputs`."""
        return {
            "kind": self.kind,
            "columns": [{"name": name, "kind": "numeric"} for name in self.columns],
        }

    def _ordered(self, row: Any, number: int) -> list[Any]:
        if not isinstance(row, dict):
            raise bad(f"Each row must be an object, as the first is; row {number:,} is none.")
        for name in row:
            if name not in self.columns and name not in self._ignored:
                raise bad(f'There is no column "{name:.60}".{nearest(name, self.columns)}')
        if not any(name in row for name in self.columns):
            raise bad(f"Row {number:,} holds none of the {len(self.columns):,} columns.")
        return [row.get(name) for name in self.columns]

    def _checked(self, array: Array) -> Array:
        if array.ndim != 2 or array.shape[1] != len(self.columns):
            raise bad(
                f"Rows must be (N, {len(self.columns)}) numbers; got the shape {list(array.shape)}."
            )
        some(len(array))
        if np.isinf(array).any():
            raise bad("Rows must hold finite numbers, or null for missing ones.")
        return array

    def _expected(self, rows: list[Any]) -> str:
        width = len(self.columns)
        for number, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != width:
                return f"Each row must be a list of {width:,} numbers; row {number:,} is not."
            for column, value in zip(self.columns, row, strict=True):
                if tabular.number(value) is None and value is not None:
                    return (
                        f'Column "{column}" must hold numbers; row {number:,} holds {value!r:.40}.'
                    )
        return f"Rows must be lists of {width:,} numbers."
