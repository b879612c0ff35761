"""Forecasts: how series go on after their last value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.model import Model
from ranvier.serve.faults import Fault, bad
from ranvier.serve.inputs import tabular
from ranvier.serve.services.base import Answer, Array, Service, options, specs_of, whole
from ranvier.serve.tensors import TensorSpec

if TYPE_CHECKING:
    import polars as pl

MOST_STEPS = 10_000  # ahead
KNOWN: Mapping[str, tuple[type, ...]] = {"rows": (list,), "horizon": (int,)}


class Forecasting(Service):
    """`forecast` of the series of training, or of others with the same columns."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.takes = (TensorSpec("horizon", "INT64", (1,), True),)

    def read_tensors(self, given: Mapping[str, Array]) -> dict[str, Any]:
        """See `Service`; of the series of training."""
        if set(given) - {"horizon"}:
            raise bad('This model takes one tensor, "horizon"; send other series to /predict.')
        horizon = given.get("horizon")
        if horizon is None:
            return {}
        if horizon.size != 1 or horizon.dtype.kind not in "iu":
            raise bad('The tensor "horizon" must hold one whole number.')
        return self.read_json({"horizon": int(horizon.reshape(-1)[0])})

    def read_json(self, asked: Any) -> dict[str, Any]:
        """See `Service`."""
        asked = options({"rows": asked} if isinstance(asked, list) else asked, KNOWN)
        found: dict[str, Any] = {}
        if "horizon" in asked:
            found["horizon"] = whole(asked, "horizon", 1, 1, MOST_STEPS)
        if "rows" in asked:
            rows = asked["rows"]
            if not rows or not all(isinstance(row, dict) for row in rows):
                raise bad("Each row of a series must be an object by column.")
            names = list(dict.fromkeys(name for row in rows for name in row))
            found["source"] = _frame({name: [row.get(name) for row in rows] for name in names})
        return found

    def read_csv(self, data: bytes) -> dict[str, Any]:
        """See `Service`."""
        names, columns = tabular.columns_of(data)
        if names is None or len(set(names)) < len(names):
            raise bad("The CSV of a series needs a header line, each name once.")
        return {"source": _frame(dict(zip(names, columns, strict=True)))}

    def answer(self, asked: dict[str, Any]) -> Answer:
        """See `Service`."""
        import polars as pl

        model: Any = self.model
        try:
            frame = model.forecast(**asked)
        except pl.exceptions.PolarsError as error:
            raise Fault(400, f"These rows are no series of this model: {error}.") from None
        found = {}
        for series in frame.iter_columns():
            if series.dtype.is_numeric():
                found[series.name] = series.to_numpy()
            else:
                found[series.name] = np.array([str(value) for value in series.to_list()], object)
        return found

    def warm(self) -> None:
        """See `Service`."""
        self.gives = specs_of(self.answer({}))

    def form(self) -> dict[str, Any]:
        """See `Service`."""
        return {"kind": "forecast"}


def _frame(columns: dict[str, Any]) -> pl.DataFrame:
    import polars as pl

    from ranvier.data.inference import from_objects

    for name, cells in columns.items():
        if any(isinstance(cell, (dict, list)) for cell in cells):
            raise bad(f'Column "{name:.60}" must hold single values; some are lists or objects.')
    return pl.DataFrame([from_objects(name, cells) for name, cells in columns.items()])
