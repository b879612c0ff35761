"""The other columns of the table that sequences or texts are from: a table beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.whole import Whole
from ranvier.errors import DataError
from ranvier.preprocessing.columns import ColumnDecision, summary
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.specification import InputSpec

if TYPE_CHECKING:
    from ranvier.data.streams import Facts

Array = np.ndarray[Any, Any]


class Beside:
    """What was learned from such columns; of none where there are none.

    Attributes:
        kind: what the table is beside, such as "text".
        table: of the columns; None without.
    """

    def __init__(self, kind: str, table: TablePreprocessor | None = None) -> None:
        self.kind, self.table = kind, table

    @classmethod
    def fit(cls, inputs: Whole, weights: Array | None, facts: Facts | None) -> Beside:
        """Learn from the training rows."""
        table = None
        if inputs.beside is not None:
            table = TablePreprocessor.fit(inputs.beside, weights, facts)
        return cls(inputs.kind, table)

    @property
    def spec(self) -> InputSpec:
        """What the network is told of them."""
        return InputSpec() if self.table is None else self.table.spec

    @property
    def decisions(self) -> tuple[ColumnDecision, ...]:
        """What each column was taken for."""
        return () if self.table is None else self.table.decisions

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should be told."""
        return () if self.table is None else self.table.notes

    def summary(self) -> list[str]:
        """Lines for display."""
        lines = summary(self.decisions)
        return [f"beside each {self.kind}: {lines[0]}", *lines[1:]] if lines else []

    def transform(self, inputs: Whole, *, lenient: bool) -> dict[str, Any]:
        """As `TablePreprocessor.transform`; nothing without columns.

        Raises:
            DataError: the columns of training are missing.
        """
        if self.table is None:
            return {}
        if inputs.beside is None:
            raise DataError(
                f"The table beside the {self.kind}s is missing: expected the columns "
                f"{', '.join(self.table.columns[:5])}, as in training."
            )
        return self.table.transform(inputs.beside, lenient=lenient)

    def missing_columns(self, inputs: Any) -> tuple[str, ...]:
        """The columns that these rows lack."""
        beside = getattr(inputs, "beside", None)
        return () if self.table is None or beside is None else self.table.missing_columns(beside)

    def unreadable(self, inputs: Any) -> tuple[tuple[str, int, str], ...]:
        """As `TablePreprocessor.unreadable`."""
        beside = getattr(inputs, "beside", None)
        return () if self.table is None or beside is None else self.table.unreadable(beside)

    def to_state(self) -> tuple[dict[str, Any] | None, dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        return (None, {}) if self.table is None else self.table.to_state()

    @classmethod
    def from_state(
        cls, kind: str, plain: Mapping[str, Any] | None, tensors: Mapping[str, Array]
    ) -> Beside:
        """What `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        table = None if plain is None else TablePreprocessor.from_state(plain, tensors)
        return cls(kind, table)


class WithBeside:
    """What a preprocessor says of its rows where all that has columns is a table beside them.

    Attributes:
        beside: of the columns of that table.
    """

    beside: Beside

    def summary(self) -> list[str]:
        """Lines for display."""
        return self.beside.summary()

    def missing_columns(self, inputs: Any) -> tuple[str, ...]:
        """The columns beside that these rows lack."""
        return self.beside.missing_columns(inputs)

    def unreadable(self, inputs: Any) -> tuple[tuple[str, int, str], ...]:
        """As `TablePreprocessor.unreadable`, for the columns beside."""
        return self.beside.unreadable(inputs)
