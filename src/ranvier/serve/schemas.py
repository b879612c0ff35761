"""What requests and answers look like, for the description that programs read."""

from __future__ import annotations

from typing import Any

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
    "example": {
        "inputs": [{"name": "inputs", "shape": [1, 3], "datatype": "FP64", "data": [1.5, 0.0, 2.5]}]
    },
}
ROWS: dict[str, Any] = {
    "type": "object",
    "properties": {"rows": {"type": "array", "items": {}}},
    "example": {"rows": [{"column": 1.5}]},
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


def as_it_is(description: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The description with the models that there are, and without FastAPI's own error."""
    for operations in description["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "name":
                    parameter["schema"]["enum"] = names
    return description
