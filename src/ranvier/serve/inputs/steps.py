"""Texts and sequences: rows of different lengths, alone or as columns of a table."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.sequences import sequences_of
from ranvier.data.texts import Texts
from ranvier.model import Model
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.serve.faults import bad
from ranvier.serve.inputs.base import WHOLE, Array, Inputs, numbers_of, some, without
from ranvier.serve.tensors import BYTES, TensorSpec

PAIR = ("first", "second")  # the tensors of a pair of texts


def prepared_by(model: Model, examples: Any) -> dict[str, Any]:
    """Examples as a model's network takes them, which are brought to what its family takes."""
    suited = model._suited(Dataset(examples), getattr(model.preprocessor_, "form", None))
    prepared: dict[str, Any] = model.preprocessor_.transform(suited.inputs, lenient=True)
    return prepared


class StepInputs(Inputs):
    """Rows as a list, one entry each."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def count(self, rows: list[Any]) -> int:
        """See `Inputs`."""
        return len(rows)

    def together(self, parts: Sequence[list[Any]]) -> list[Any]:
        """See `Inputs`."""
        return [row for part in parts for row in part]

    def prepared(self, rows: list[Any]) -> dict[str, Any]:
        """See `Inputs`."""
        return prepared_by(self._model, self.examples(rows))

    @abstractmethod
    def examples(self, rows: list[Any]) -> Any:
        """See `Inputs`."""


class TextInputs(StepInputs):
    """Rows of text: a string each, or a pair of strings.

    Attributes:
        parts: the columns that texts are from; empty where they are from none.
    """

    kind = "text"

    def __init__(self, model: Model, preprocessor: TextPreprocessor) -> None:
        super().__init__(model)
        self._edges = preprocessor.edges
        form = preprocessor.form
        self.parts = form.sources if not form.series else ()
        self._pairs = form.pairs
        if self._pairs:
            self.specs = tuple(TensorSpec(name, BYTES, (-1,)) for name in PAIR)
        else:
            self.specs = (TensorSpec(WHOLE, BYTES, (-1,)),)

    def of_tensors(self, given: Mapping[str, Array]) -> list[Any]:
        """See `Inputs`."""
        given = self.tensors(given)
        columns = []
        for spec in self.specs:
            array = given[spec.name]
            if array.dtype != object:
                raise bad(f'The tensor "{spec.name}" must be BYTES: text.')
            if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
                raise bad(f'The tensor "{spec.name}" must be (N,); got {list(array.shape)}.')
            columns.append(array.reshape(-1).tolist())
        if len({len(column) for column in columns}) > 1:
            raise bad("Both tensors of a pair must have as many rows.")
        return self._checked([list(row) for row in zip(*columns, strict=True)])

    def of_rows(self, rows: list[Any]) -> list[Any]:
        """See `Inputs`; a row is a string, a list of two for a pair, or an object by column.

        Where all texts are there, other columns of their table may be too.
        """
        return self._checked([self._parts(row, number) for number, row in enumerate(rows)])

    def of_files(self, files: Sequence[tuple[str, bytes]], cells: Mapping[str, str]) -> list[Any]:
        """See `Inputs`; a file is a text."""
        without(cells)
        try:
            return self.of_rows([data.decode("utf-8-sig") for _, data in files])
        except UnicodeDecodeError:
            raise bad("A file of text must be UTF-8; these bytes are not.") from None

    def of_csv(self, data: bytes) -> list[Any]:
        """See `Inputs`."""
        from ranvier.serve.inputs import tabular

        names, columns = tabular.columns_of(data)
        if names is None or not self.parts:
            raise bad("Send these texts as JSON: this model knows no names of columns.")
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return self.of_rows([{n: row[n] or "" for n in self.parts if n in row} for row in rows])

    def examples(self, rows: list[Any]) -> Texts:
        """See `Inputs`."""
        if not self._pairs:
            return Texts.of(rows)
        first, second = zip(*rows, strict=True)
        return Texts(Texts.of(first).values, second=Texts.of(second).values)

    def samples(self) -> Iterator[list[Any]]:
        """See `Inputs`; a text for each length that rows are padded to."""
        for edge in self._edges:
            text = "a " * edge
            yield [(text, text)] if self._pairs else [text]

    def described(self) -> dict[str, Any]:
        """See `Inputs`."""
        return {"kind": self.kind, "pairs": self._pairs}

    def _parts(self, row: Any, number: int) -> list[Any]:
        if isinstance(row, dict):
            if not self.parts:
                raise bad(f"Each row must be a text; row {number:,} is an object.")
            if not all(name in row for name in self.parts):
                for name in row:
                    if name not in self.parts:  # which may be the name of a text, misspelt
                        raise bad(
                            f'There is no column "{name:.60}"; the texts are '
                            f"{', '.join(self.parts)}."
                        )
            parts = [row.get(name) or "" for name in self.parts]
            return parts if self._pairs else ["\n".join(map(str, parts))]
        return row if isinstance(row, list) else [row]

    def _checked(self, rows: list[list[Any]]) -> list[Any]:
        some(len(rows))
        wanted = 2 if self._pairs else 1
        for number, parts in enumerate(rows):
            if len(parts) != wanted or not all(isinstance(part, str) for part in parts):
                what = "a pair of texts" if self._pairs else "a text"
                raise bad(f"Each row must be {what}; row {number:,} is not.")
        return [tuple(parts) if self._pairs else parts[0] for parts in rows]


class SequenceInputs(StepInputs):
    """Rows of steps, float32 (steps, channels) each; NaN is a missing value."""

    kind = "sequence"

    def __init__(self, model: Model, preprocessor: SequencePreprocessor) -> None:
        super().__init__(model)
        self._edges, self._even = preprocessor.edges, preprocessor.even
        self._width = len(preprocessor.center)
        steps = preprocessor.edges[-1] if preprocessor.even else -1
        self.specs = (TensorSpec(WHOLE, "FP32", (-1, steps, self._width)),)

    def of_tensors(self, given: Mapping[str, Array]) -> list[Any]:
        """See `Inputs`; the axis of a single channel may be left out."""
        array = numbers_of(self.tensors(given)[WHOLE], f'The tensor "{WHOLE}"')
        if array.ndim not in (2, 3):
            raise bad(
                f'The tensor "{WHOLE}" must be (N, steps, {self._width}); got the shape '
                f"{list(array.shape)}."
            )
        return self._checked(list(array))

    def of_rows(self, rows: list[Any]) -> list[Any]:
        """See `Inputs`; a row is a list of steps."""
        found = []
        for number, row in enumerate(rows):
            try:
                found.append(np.array(row, np.float32))
            except (TypeError, ValueError, OverflowError):
                raise bad(f"Each row must be steps of numbers; row {number:,} is not.") from None
        return self._checked(found)

    def examples(self, rows: list[Any]) -> Any:
        """See `Inputs`."""
        return sequences_of(rows)

    def samples(self) -> Iterator[list[Any]]:
        """See `Inputs`; a row for each length that rows are padded to."""
        for edge in self._edges:
            yield [np.zeros((edge, self._width), np.float32)]

    def _checked(self, rows: list[Array]) -> list[Any]:
        some(len(rows))
        found = []
        for number, row in enumerate(rows):
            steps = row[:, None] if row.ndim == 1 else row
            if steps.ndim != 2 or steps.shape[1] != self._width or not len(steps):
                raise bad(
                    f"Each row must be (steps, {self._width}); row {number:,} has the shape "
                    f"{list(row.shape)}."
                )
            if self._even and len(steps) != self._edges[-1]:
                raise bad(
                    f"Each row must have {self._edges[-1]:,} steps, as in training; row "
                    f"{number:,} has {len(steps):,}."
                )
            if np.isinf(steps).any() or np.isnan(steps).all():
                raise bad(f"Row {number:,} must hold finite numbers, null for missing ones.")
            found.append(np.ascontiguousarray(steps, np.float32))
        return found
