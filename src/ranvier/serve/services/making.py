"""Generators: new pictures, by number, class and seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ranvier.errors import nearest
from ranvier.model import Model
from ranvier.runs.unsupervised.making import as_pictures, classes_of_model, samples
from ranvier.serve.faults import bad
from ranvier.serve.services import showing
from ranvier.serve.services.base import (
    Answer,
    Array,
    Service,
    options,
    single_values,
    specs_of,
    whole,
)
from ranvier.serve.tensors import BYTES, TensorSpec

MOST = 256  # pictures in one request
KNOWN: Mapping[str, tuple[type, ...]] = {
    "count": (int,),
    "label": (str, int, float, bool),
    "seed": (int,),
}


class Making(Service):
    """`GAN.sample`."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._classes = classes_of_model(model)
        self.takes = (TensorSpec("count", "INT64", (1,)), TensorSpec("seed", "INT64", (1,), True))
        if self._classes is not None:
            self.takes = (*self.takes, TensorSpec("label", BYTES, (1,), True))
            self.facts["classes"] = self._classes.tolist()

    def read_tensors(self, given: Mapping[str, Array]) -> dict[str, Any]:
        """See `Service`."""
        return self.read_json(single_values(given))

    def read_json(self, asked: Any) -> dict[str, Any]:
        """See `Service`."""
        asked = options(asked, KNOWN)
        count = whole(asked, "count", 1, 1, MOST)
        seed = whole(asked, "seed", 0, 0, 2**32 - 1)
        labels = None
        if asked.get("label") is not None:
            labels = np.repeat(self._label(asked["label"]), count)
        return {"count": count, "seed": seed, "labels": labels}

    def _label(self, label: Any) -> Array:
        if self._classes is None:
            raise bad("This model knows no classes: leave the label out.")
        names = [str(name) for name in self._classes]
        if str(label) not in names:
            raise bad(
                f"There is no class {label!r:.60}; known are {', '.join(names[:20])}."
                f"{nearest(str(label), names)}"
            )
        place = names.index(str(label))
        return self._classes[place : place + 1]

    def count(self, asked: dict[str, Any]) -> int:
        """See `Service`."""
        return int(asked["count"])

    def answer(self, asked: dict[str, Any]) -> Answer:
        """See `Service`."""
        made = samples(self.model, asked["count"], asked["seed"], asked["labels"])
        return {"picture": as_pictures(self.model, made)}

    def warm(self) -> None:
        """See `Service`."""
        self.gives = specs_of(self.answer({"count": 1, "seed": 0, "labels": None}))

    def shown(self, answer: Answer) -> dict[str, Any]:
        """See `Service`."""
        return {"pictures": [showing.png(made) for made in answer["picture"]]}

    def form(self) -> dict[str, Any]:
        """See `Service`."""
        return {"kind": "generation", "classes": self.facts.get("classes", [])}
