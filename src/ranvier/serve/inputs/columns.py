"""Tables with named columns of several kinds, which the model learned from a frame.

Each request's cells are brought to the kind of their column at once, so that what one request sends
cannot change how another's cells are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.dates import ISO
from ranvier.errors import nearest
from ranvier.preprocessing.booleans import NO, YES
from ranvier.preprocessing.columns import ColumnDecision
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.serve.faults import bad
from ranvier.serve.inputs import tabular
from ranvier.serve.inputs.base import WHOLE, Array, Inputs, numbers_of, some
from ranvier.serve.tensors import BYTES, TensorSpec

if TYPE_CHECKING:
    import polars as pl

EXAMPLE = date(2024, 5, 31)
Table = dict[str, list[Any]]  # cells by column, all columns of the model
Read = Callable[[Any], Any]  # a cell that is there; None: it cannot be read


class ColumnInputs(Inputs):
    """Rows as lists of cells by column; None is a missing value."""

    kind = "table"

    def __init__(
        self, preprocessor: TablePreprocessor, ignored: tuple[str, ...], whole: str = WHOLE
    ) -> None:
        self._preprocessor = preprocessor
        self._ignored = frozenset(ignored)
        self.decisions = {d.name: d for d in preprocessor.decisions}
        # Where none is used, one stands for all: rows are counted by their cells.
        used = tuple(d for d in preprocessor.decisions if d.used)
        self._used = used or preprocessor.decisions[:1]
        self._read: dict[str, Read] = {d.name: _reader(d) for d in self._used}
        self._name = whole  # of the tensor of a table whose columns are all numbers
        self._whole = all(d.kind == "numeric" for d in self._used)
        if self._whole:
            self.specs = (TensorSpec(whole, "FP64", (-1, len(self._used))),)
        else:
            self.specs = tuple(
                TensorSpec(d.name, "FP64" if d.kind == "numeric" else BYTES, (-1,), True)
                for d in self._used
            )

    def of_tensors(self, given: Mapping[str, Array]) -> Table:
        """See `Inputs`."""
        given = self.tensors(given)
        if self._whole:
            array = numbers_of(given[self._name], f'The tensor "{self._name}"')
            if array.ndim != 2 or array.shape[1] != len(self._used):
                raise bad(
                    f'The tensor "{self._name}" must be (N, {len(self._used)}); got the shape '
                    f"{list(array.shape)}."
                )
            return self._table(dict(zip(self._read, array.T.tolist(), strict=True)), len(array))
        if not given:
            raise bad("A request needs at least one column.")
        cells = {}
        for name, array in given.items():
            if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
                raise bad(f'The tensor "{name}" must be (N,); got the shape {list(array.shape)}.')
            cells[name] = array.reshape(-1).tolist()
        lengths = {len(column) for column in cells.values()}
        if len(lengths) > 1:
            raise bad(f"All tensors must have as many rows; got {sorted(lengths)}.")
        return self._table(cells, lengths.pop())

    def of_rows(self, rows: list[Any]) -> Table:
        """See `Inputs`; a row is an object by column, or a list in the order of training."""
        every = list(self.decisions)
        objects: list[dict[str, Any]] = []
        for number, row in enumerate(rows):
            found = row
            if isinstance(row, list):
                if len(row) != len(every):
                    raise bad(
                        f"A row that is a list must hold the {len(every):,} columns of training; "
                        f"row {number:,} holds {len(row):,}."
                    )
                found = dict(zip(every, row, strict=True))
            if not isinstance(found, dict):
                raise bad(f"Each row must be an object or a list; row {number:,} is neither.")
            if not any(name in self._read for name in found):
                for name in found:
                    self._check_name(name)
                raise bad(f"Row {number:,} holds none of the columns that this model uses.")
            objects.append(found)
        return self.of_objects(objects)

    def of_objects(self, rows: Sequence[Mapping[str, Any]]) -> Table:
        """Cells by column; a column that is left out is a missing value.

        Raises:
            Fault: a column that the model does not know, or a cell that cannot be read.
        """
        cells = self.none(len(rows))
        for number, row in enumerate(rows):
            for name, value in row.items():
                if name in cells:
                    cells[name][number] = value
                else:
                    self._check_name(name)
        return self._table(cells, len(rows))

    def none(self, count: int) -> Table:
        """Missing values only."""
        return {name: [None] * count for name in self._read}

    def of_csv(self, data: bytes) -> Table:
        """See `Inputs`."""
        names, columns = tabular.columns_of(data)
        names = list(self.decisions) if names is None else names
        if len(names) != len(columns):
            raise bad(
                f"A CSV without names must hold the {len(names):,} columns of training; it has "
                f"{len(columns):,}."
            )
        for name in names:
            if name not in self._read:
                self._check_name(name)
        cells = {n: list(c) for n, c in zip(names, columns, strict=True) if n in self._read}
        if not cells:
            raise bad("This CSV has none of the columns that this model uses.")
        return self._table(cells, len(columns[0]))

    def count(self, rows: Table) -> int:
        """See `Inputs`."""
        return len(next(iter(rows.values())))

    def together(self, parts: Sequence[Table]) -> Table:
        """See `Inputs`."""
        return {name: [cell for part in parts for cell in part[name]] for name in self._read}

    def prepared(self, rows: Table) -> dict[str, Array]:
        """See `Inputs`."""
        return self._preprocessor.transform(self.examples(rows), lenient=True)

    def examples(self, rows: Table) -> pl.DataFrame:
        """See `Inputs`."""
        import polars as pl

        types = {"numeric": pl.Float64(), "datetime": pl.Datetime("us")}
        return pl.DataFrame(
            rows, schema={d.name: types.get(d.kind, pl.String()) for d in self._used}
        )

    def samples(self) -> Iterator[Table]:
        """See `Inputs`."""
        yield self.none(1)

    def described(self) -> dict[str, Any]:
        """See `Inputs`."""
        choices = dict(self._preprocessor.plan.vocabularies)
        columns: list[dict[str, Any]] = []
        for decision in self._used:
            column: dict[str, Any] = {"name": decision.name, "kind": decision.kind}
            if decision.name in choices:
                column["choices"] = list(choices[decision.name].values[:200])
            if decision.kind == "datetime":
                column["example"] = _written(decision.details.get("format"))
            columns.append(column)
        return {"kind": self.kind, "columns": columns}

    def _check_name(self, name: str) -> None:
        if name not in self.decisions and name not in self._ignored:
            raise bad(f'There is no column "{name:.60}".{nearest(name, self.decisions)}')

    def _table(self, cells: Table, count: int) -> Table:
        some(count)
        found = {}
        for name, read in self._read.items():
            column = cells.get(name)
            kind = self.decisions[name].kind
            found[name] = [None] * count if column is None else _cells(column, read, name, kind)
        return found


def _cells(column: list[Any], read: Read, name: str, kind: str) -> list[Any]:
    found: list[Any] = []
    for number, cell in enumerate(column):
        if tabular.is_missing(cell):
            found.append(None)
            continue
        value = None if isinstance(cell, (dict, list)) else read(cell)
        if value is None:
            what = {"numeric": "numbers", "boolean": "true or false", "datetime": "dates"}
            raise bad(
                f'Column "{name}" must hold {what.get(kind, "text")}; row {number:,} holds '
                f"{cell!r:.40}."
            )
        found.append(value)
    return found


def _reader(decision: ColumnDecision) -> Read:
    if decision.kind == "numeric":
        return tabular.number
    if decision.kind == "boolean":
        return _truth
    if decision.kind == "datetime":
        return _moment(decision.details.get("format"), decision.details.get("zone"))
    return _word


def _truth(cell: Any) -> str | None:
    word = str(cell).strip().lower()
    return "true" if word in YES else "false" if word in NO else None


def _word(cell: Any) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < tabular.LARGEST:
        return str(int(cell))  # 3.0 is how a column with gaps holds the whole number 3
    return str(cell).encode("utf-8", "replace").decode()


def _written(form: str | None) -> str:
    """A date in the style of a column."""
    return EXAMPLE.isoformat() if form in (None, ISO) else EXAMPLE.strftime(form)


def _moment(form: str | None, zone: str | None) -> Read:
    import polars as pl

    from ranvier.preprocessing.datetimes import moments

    def read(cell: Any) -> Any:
        if not isinstance(cell, str):
            return None
        # Alone: in a column, cells of another style would change how this one is read.
        found = moments(pl.Series([cell], dtype=pl.String), form, zone)[0]
        return None if np.isnat(found) else found.item()

    return read
