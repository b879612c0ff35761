"""The Open Inference Protocol, version 2, over HTTP: one request for an inference.

A body is JSON, or JSON that is followed by the raw bytes of the tensors that announce a
`binary_data_size`; the header Inference-Header-Content-Length then says how long the JSON is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.serve.calls import JSON, Call, Response, as_json, document
from ranvier.serve.faults import bad
from ranvier.serve.hosting import Hosted
from ranvier.serve.services import Answer
from ranvier.serve.tensors import (
    datatype_of,
    from_bytes,
    from_values,
    shape_of,
    to_bytes,
    to_values,
)

Array = np.ndarray[Any, Any]

HEAD = b"inference-header-content-length"
BINARY = b"application/octet-stream"
MOST_ID = 1_000  # characters of a request's name


@dataclass(frozen=True)
class Inference:
    """What is asked.

    Attributes:
        id: the client's name for the request; None without.
        tensors: by name.
        outputs: the wanted ones, each with whether it is to be binary; None: all.
        binary: whether outputs are binary that are not named.
    """

    id: str | None
    tensors: dict[str, Array]
    outputs: dict[str, bool] | None
    binary: bool


def read(call: Call, body: bytes) -> Inference:
    """A request's body.

    Raises:
        Fault: it is not as the protocol has it.
    """
    head, raw = body, memoryview(b"")
    length = call.headers.get(HEAD)
    if length is not None:
        if not length.isdigit() or len(length) > 18 or int(length) > len(body):
            raise bad(
                f"Inference-Header-Content-Length must be at most the body's {len(body):,} bytes; "
                f"got {length.decode('latin-1')!r:.30}."
            )
        head, raw = body[: int(length)], memoryview(body)[int(length) :]
    asked = document(head)
    if not isinstance(asked, dict):
        raise bad("An inference request must be a JSON object with a list of inputs.")
    name = asked.get("id")
    if name is not None and not (isinstance(name, str) and len(name) <= MOST_ID):
        raise bad(f"The id must be a string of at most {MOST_ID:,} characters.")
    binary = bool(_parameters(asked, "the request").get("binary_data_output", False))
    return Inference(name, _tensors(asked, raw), _outputs(asked, binary), binary)


def _parameters(thing: dict[str, Any], what: str) -> dict[str, Any]:
    found = thing.get("parameters")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise bad(f"The parameters of {what} must be an object.")
    return found


def _tensors(asked: dict[str, Any], raw: memoryview) -> dict[str, Array]:
    inputs = asked.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise bad('An inference request must have "inputs", a list of tensors.')
    found: dict[str, Array] = {}
    place = 0
    for tensor in inputs:
        if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
            raise bad("Each of the inputs must be an object with a name.")
        name, datatype = tensor["name"], tensor.get("datatype")
        if name in found:
            raise bad(f'The tensor "{name:.60}" is there twice.')
        if not isinstance(datatype, str):
            raise bad(f'The tensor "{name:.60}" has no datatype, such as "FP32".')
        shape = shape_of(tensor.get("shape"), name)
        size = _parameters(tensor, f'the tensor "{name:.60}"').get("binary_data_size")
        if size is None:
            if "data" not in tensor:
                raise bad(f'The tensor "{name:.60}" has no data.')
            found[name] = from_values(tensor["data"], datatype, shape, name)
            continue
        if type(size) is not int or not 0 <= size <= len(raw) - place:
            raise bad(
                f'The tensor "{name:.60}" announces {size!r:.30} bytes, and {len(raw) - place:,} '
                "follow."
            )
        found[name] = from_bytes(raw[place : place + size], datatype, shape, name)
        place += size
    if place != len(raw):
        raise bad(f"{len(raw) - place:,} bytes follow that belong to no tensor.")
    return found


def _outputs(asked: dict[str, Any], binary: bool) -> dict[str, bool] | None:
    outputs = asked.get("outputs")
    if outputs is None or outputs == []:
        return None
    if not isinstance(outputs, list):
        raise bad('"outputs" must be a list of tensors.')
    found: dict[str, bool] = {}
    for tensor in outputs:
        if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
            raise bad("Each of the outputs must be an object with a name.")
        parameters = _parameters(tensor, f'the output "{tensor["name"]:.60}"')
        if parameters.get("classification"):
            raise bad(
                "Outputs are given whole, not as their largest classes: leave classification out."
            )
        found[tensor["name"]] = bool(parameters.get("binary_data", binary))
    return found


def written(asked: Inference, hosted: Hosted, answer: Answer) -> Response:
    """The answer to a request.

    Raises:
        Fault: an output is wanted that there is not.
    """
    wanted = asked.outputs
    if wanted is None:
        wanted = dict.fromkeys(answer, asked.binary)
    outputs, raw = [], []
    for name, binary in wanted.items():
        array = answer.get(name)
        if array is None:
            raise bad(f'This model gives no output "{name:.60}"; it gives {", ".join(answer)}.')
        tensor: dict[str, Any] = {
            "name": name, "datatype": datatype_of(array), "shape": list(array.shape)
        }  # fmt: skip
        if binary:
            raw.append(to_bytes(array))
            tensor["parameters"] = {"binary_data_size": len(raw[-1])}
        else:
            tensor["data"] = to_values(array)
        outputs.append(tensor)
    whole: dict[str, Any] = {
        "model_name": hosted.name, "model_version": str(hosted.version), "outputs": outputs
    }  # fmt: skip
    if asked.id is not None:
        whole["id"] = asked.id
    head = as_json(whole)
    if not raw:
        return Response(200, head, JSON)
    return Response(200, b"".join([head, *raw]), BINARY, ((HEAD, b"%d" % len(head)),))
