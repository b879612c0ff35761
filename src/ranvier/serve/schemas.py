"""What requests and answers look like, for the description that programs read."""

from __future__ import annotations

import copy
from collections.abc import Container, Iterable
from typing import Any

from ranvier.serve import example_requests
from ranvier.serve.hosting import Hosted

ERROR: dict[str, Any] = {
    "description": "One sentence: what was expected, what came, what to do.",
    "content": {"application/json": {"schema": {
        "type": "object", "properties": {"error": {"type": "string"}}}}},
}  # fmt: skip
TENSOR: dict[str, Any] = {
    "type": "object",
    "required": ["name", "shape", "datatype"],
    "properties": {
        "name": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "datatype": {"type": "string"},
        "parameters": {"type": "object"},
        "data": {"type": "array", "items": {}},
    },
}
INFERENCE: dict[str, Any] = {
    "type": "object",
    "required": ["inputs"],
    "properties": {
        "id": {"type": "string"},
        "parameters": {"type": "object"},
        "inputs": {"type": "array", "items": TENSOR},
        "outputs": {"type": "array", "items": {"type": "object"}},
    },
}
ROWS: dict[str, Any] = {
    "type": "object",
    "properties": {"rows": {"type": "array", "items": {}}},
}
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
}
ANY_BODY = {
    "application/json": {"schema": ROWS},
    "text/csv": {"schema": {"type": "string"}},
    "multipart/form-data": {"schema": FORM},
    "image/*": {"schema": {"type": "string", "format": "binary"}},
}


def as_it_is(
    description: dict[str, Any], models: Iterable[Hosted], unlocked: Container[str] | None
) -> dict[str, Any]:
    """The description with the models that there are, and without FastAPI's own error.

    Args:
        description: as FastAPI has it.
        models: that are served.
        unlocked: paths that need no token; None where none does.
    """
    description, models = copy.deepcopy(description), list(models)
    named = {
        "name": [model.name for model in models],
        "version": sorted({str(model.version) for model in models}),
    }
    if unlocked is not None:
        schemes = description.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["bearer"] = {"type": "http", "scheme": "bearer"}
    for path, operations in description["paths"].items():
        v2 = path.startswith("/v2")
        example = example_requests.tensors if v2 else example_requests.plain
        examples = {model.name: {"value": example(model.service)} for model in models}
        for operation in operations.values():
            operation["responses"].pop("422", None)
            if unlocked is not None and path not in unlocked:
                operation["security"] = [{"bearer": []}]
                operation["responses"]["401"] = ERROR
            for parameter in operation.get("parameters", ()):
                parameter["schema"]["enum"] = named[parameter["name"]]
            if "requestBody" in operation:
                content = operation["requestBody"]["content"]["application/json"]
                content["examples"] = {n: e for n, e in examples.items() if e["value"] is not None}
    return description
