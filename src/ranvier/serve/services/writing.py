"""Models of language: how a text goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ranvier.model import Model
from ranvier.serve.services.base import Answer, Array, Service, options, single_values, whole
from ranvier.serve.tensors import BYTES, TensorSpec

MOST_TOKENS = 2_048  # in one request
KNOWN: Mapping[str, tuple[type, ...]] = {
    "prompt": (str,),
    "max_tokens": (int,),
    "temperature": (int, float),
    "top_k": (int,),
    "top_p": (int, float),
    "repetition_penalty": (int, float),
    "stop": (str, list),
    "seed": (int,),
}
DATATYPES = {"prompt": BYTES, "stop": BYTES, "max_tokens": "INT64", "top_k": "INT64",
             "seed": "INT64"}  # fmt: skip


class Writing(Service):
    """`Transformer.generate`."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.takes = tuple(
            TensorSpec(name, DATATYPES.get(name, "FP64"), (1,), name != "prompt") for name in KNOWN
        )
        self.gives = (TensorSpec("text", BYTES, (1,)),)

    def read_tensors(self, given: Mapping[str, Array]) -> dict[str, Any]:
        """See `Service`."""
        return self.read_json(single_values(given))

    def read_json(self, asked: Any) -> dict[str, Any]:
        """See `Service`."""
        found: dict[str, Any] = options(asked, KNOWN)
        found["max_tokens"] = whole(found, "max_tokens", 200, 1, MOST_TOKENS)
        found["prompt"] = found.get("prompt", "")
        return found

    def answer(self, asked: dict[str, Any]) -> Answer:
        """See `Service`."""
        model: Any = self.model
        return {"text": np.array([model.generate(**asked)], object)}

    def warm(self) -> None:
        """See `Service`."""
        self.answer({"prompt": "", "max_tokens": 2})

    def shown(self, answer: Answer) -> dict[str, Any]:
        """See `Service`."""
        return {"text": answer["text"][0]}

    def form(self) -> dict[str, Any]:
        """See `Service`."""
        return {"kind": "prompt"}
