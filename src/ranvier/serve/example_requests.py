"""A request that each model answers, for the description that people copy from."""

from __future__ import annotations

import math
from typing import Any

from ranvier.serve.inputs.base import WHOLE
from ranvier.serve.services import Service
from ranvier.serve.tensors import BYTES, TensorSpec

LARGEST = 256  # numbers of a row; more would be no example
TEXT = "some words"
SINGLE: dict[str, dict[str, Any]] = {  # by the kind of form, where no rows are asked for
    "prompt": {"prompt": TEXT, "max_tokens": 20},
    "generation": {"count": 2, "seed": 1},
    "forecast": {"horizon": 3},
}


def plain(service: Service) -> Any:
    """A document for /predict; None where it would be too large."""
    form = service.form()
    kind = form["kind"]
    if kind in SINGLE:
        return SINGLE[kind]
    if kind == "table":
        return {"rows": [_cells(form["columns"])]}
    if kind == "text":
        rows: Any = [[TEXT, TEXT] if form["pairs"] else TEXT]
        parts = [TEXT] * len(form.get("parts", ()))
    else:
        tensor = service.takes[0]
        shape = _shape(tensor)
        if math.prod(shape) > LARGEST:
            return None
        rows = _nested(shape)
        rows = rows if tensor.name == WHOLE else [rows]
        parts = rows
    if "beside" in form:
        return {"rows": [_cells(form["beside"]) | dict(zip(form["parts"], parts, strict=True))]}
    return {"rows": rows}


def tensors(service: Service) -> Any:
    """The same for the Open Inference Protocol."""
    form = service.form()
    values = _cells(form["columns"]) if form["kind"] == "table" else SINGLE.get(form["kind"], {})
    inputs = []
    for spec in service.takes:
        shape: tuple[int, ...] = (1,)
        if spec.name in values:
            data = [values[spec.name]]
        elif spec.optional:
            continue
        else:
            shape = _shape(spec)
            if math.prod(shape) > LARGEST:
                return None
            data = [TEXT if spec.datatype == BYTES else 0] * math.prod(shape)
        inputs.append(
            {"name": spec.name, "shape": list(shape), "datatype": spec.datatype, "data": data}
        )
    return {"inputs": inputs}


def _cells(columns: list[dict[str, Any]]) -> dict[str, Any]:
    """A cell for each column."""
    found: dict[str, Any] = {}
    for column in columns:
        if column["kind"] == "numeric":
            found[column["name"]] = 1.5
        elif column["kind"] == "boolean":
            found[column["name"]] = "true"
        elif column["kind"] == "datetime":
            found[column["name"]] = column["example"]
        else:
            found[column["name"]] = (column.get("choices") or [TEXT])[0]
    return found


def _shape(spec: TensorSpec) -> tuple[int, ...]:
    """One row, and two of what may be as many as one likes."""
    first, *others = spec.shape
    return (1 if first < 0 else first, *(2 if side < 0 else side for side in others))


def _nested(shape: tuple[int, ...]) -> Any:
    if not shape:
        return 0
    return [_nested(shape[1:]) for _ in range(shape[0])]
