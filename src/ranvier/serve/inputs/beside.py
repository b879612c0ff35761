"""Pictures, texts and sequences with columns of a table beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ranvier.model import Model
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.serve.faults import bad
from ranvier.serve.inputs.base import Array, Inputs
from ranvier.serve.inputs.columns import ColumnInputs, Table
from ranvier.serve.inputs.steps import TextInputs, prepared_by

COLUMNS = "columns"  # the tensor of a table whose columns are all numbers

Both = tuple[Any, Table]  # the rows of `own`, and the cells beside them


class BesideInputs(Inputs):
    """Rows as objects: the picture, text or sequence, and a cell for each column.

    A column that is left out is a missing value. In a request, a column that is called like
    something else there, such as "inputs" or "picture", is called "column inputs".
    """

    def __init__(self, model: Model, own: Inputs, table: TablePreprocessor) -> None:
        self._model, self._own = model, own
        self._columns = ColumnInputs(table, tuple(model.target_names_), whole=COLUMNS)
        self.kind = own.kind
        self.parts = own.parts if isinstance(own, TextInputs) and own.parts else (own.kind,)
        self._called = _called(table.columns, {*self.parts, *(spec.name for spec in own.specs)})
        self._names = {called: name for name, called in self._called.items()}
        cells = (
            replace(spec, name=self._called.get(spec.name, spec.name), optional=True)
            for spec in self._columns.specs
        )
        self.specs = (*own.specs, *cells)

    def of_tensors(self, given: Mapping[str, Array]) -> Both:
        """See `Inputs`."""
        given = self.tensors(given)
        own = {spec.name for spec in self._own.specs}
        rows = self._own.of_tensors({n: array for n, array in given.items() if n in own})
        count = self._own.count(rows)
        cells = self._by_name({n: array for n, array in given.items() if n not in own})
        table = self._columns.of_tensors(cells) if cells else self._columns.none(count)
        if self._columns.count(table) != count:
            raise bad(
                f"There must be as many rows of columns as {self.kind}s: "
                f"{self._columns.count(table):,} and {count:,}."
            )
        return rows, table

    def of_rows(self, rows: list[Any]) -> Both:
        """See `Inputs`."""
        wholes, cells = [], []
        for number, row in enumerate(rows):
            if not isinstance(row, dict) or not any(part in row for part in self.parts):
                raise bad(
                    f'Each row must be an object with "{self.parts[0]}" and a cell for each '
                    f"column; row {number:,} is not."
                )
            found = {part: row[part] for part in self.parts if part in row}
            named = isinstance(self._own, TextInputs) and bool(self._own.parts)
            wholes.append(found if named else found[self.kind])
            cells.append(self._by_name({n: cell for n, cell in row.items() if n not in found}))
        return self._own.of_rows(wholes), self._columns.of_objects(cells)

    def of_csv(self, data: bytes) -> Both:
        """See `Inputs`."""
        from ranvier.serve.inputs import tabular

        if not isinstance(self._own, TextInputs):
            return self._own.of_csv(data), {}  # which refuses it
        names, columns = tabular.columns_of(data)
        if names is None:
            raise bad("A CSV with texts and columns beside them must have a line of names.")
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return self.of_rows(
            [{n: c or "" if n in self.parts else c for n, c in row.items()} for row in rows]
        )

    def of_files(self, files: Sequence[tuple[str, bytes]], cells: Mapping[str, str]) -> Both:
        """See `Inputs`; the fields of the form are the columns beside each file."""
        rows = self._own.of_files(files, {})
        return rows, self._columns.of_objects([self._by_name(cells)] * self._own.count(rows))

    def count(self, rows: Both) -> int:
        """See `Inputs`."""
        return self._own.count(rows[0])

    def together(self, parts: Sequence[Both]) -> Both:
        """See `Inputs`."""
        wholes, tables = zip(*parts, strict=True)
        return self._own.together(wholes), self._columns.together(tables)

    def prepared(self, rows: Both) -> dict[str, Any]:
        """See `Inputs`."""
        return prepared_by(self._model, self.examples(rows))

    def examples(self, rows: Both) -> Any:
        """See `Inputs`."""
        own, table = rows
        return replace(self._own.examples(own), beside=self._columns.examples(table))

    def samples(self) -> Iterator[Both]:
        """See `Inputs`."""
        for own in self._own.samples():
            yield own, self._columns.none(self._own.count(own))

    def described(self) -> dict[str, Any]:
        """See `Inputs`."""
        beside = [
            column | {"name": self._called[column["name"]]}
            for column in self._columns.described()["columns"]
        ]
        return self._own.described() | {"beside": beside, "parts": list(self.parts)}

    def _by_name(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Cells by the names of training instead of those of requests."""
        return {self._names.get(name, name): cell for name, cell in cells.items()}


def _called(columns: Sequence[str], others: set[str]) -> dict[str, str]:
    """What each column is called in a request, where the other names are taken."""
    taken = {*columns, *others}
    found = {}
    for column in columns:
        called = column
        if column in others:
            while called in taken:
                called = f"column {called}"
        taken.add(called)
        found[column] = called
    return found
