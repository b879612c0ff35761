"""Which model a request asks, and for what."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ranvier.serve import plain, v2
from ranvier.serve.calls import Call, Response, Scope
from ranvier.serve.hosting import Hosted, Models
from ranvier.serve.services import Answer

Written = Callable[[Answer], Response]  # an answer in the form of its request


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a prediction or an explanation.

    Attributes:
        route: for the metrics.
        name: of the model; None: of the only one.
        version: of the model; None: whichever is served.
        tensors: whether it speaks the Open Inference Protocol.
        explains: whether an explanation is wanted.
    """

    route: str
    name: str | None = None
    version: str | None = None
    tensors: bool = False
    explains: bool = False

    def hosted(self, models: Models) -> Hosted:
        """The model.

        Raises:
            Fault: there is none such.
        """
        return models.only() if self.name is None else models.named(self.name, self.version)

    def is_quick(self, call: Call) -> bool:
        """Whether its rows are read in no time, as JSON is and a picture is not."""
        return self.tensors or plain.is_document(call)

    def read(self, call: Call, hosted: Hosted, body: bytes) -> tuple[Any, Written]:
        """Its rows, and what writes the answer to them.

        Raises:
            Fault: they cannot be read, or the model does not take them.
        """
        if not self.tensors:
            return plain.read(call, hosted.service, body), functools.partial(plain.written, hosted)
        asked = v2.read(call, body)
        rows = hosted.service.read_tensors(asked.tensors)
        return rows, functools.partial(v2.written, asked, hosted)


def asked_of(scope: Scope) -> Asked | None:
    """What a request asks for; None where it asks no model."""
    if scope["method"] != "POST":
        return None
    match scope["path"].split("/")[1:]:
        case ["v2", "models", name, "infer"]:
            return Asked("POST /v2/models/{name}/infer", name, tensors=True)
        case ["v2", "models", name, "versions", version, "infer"]:
            route = "POST /v2/models/{name}/versions/{version}/infer"
            return Asked(route, name, version, tensors=True)
        case ["predict"]:
            return Asked("POST /predict")
        case ["models", name, "predict"]:
            return Asked("POST /models/{name}/predict", name)
        case ["models", name, "explain"]:
            return Asked("POST /models/{name}/explain", name, explains=True)
    return None
