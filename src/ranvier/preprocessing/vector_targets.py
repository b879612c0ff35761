"""The answer of a model that gives vectors of texts, and nothing else: there is no target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.specification import OutputSpec
from ranvier.tasks import Task

Array = np.ndarray[Any, Any]

# No row of the table of tasks: nothing is trained for it. Published encoders are read as this.
EMBEDDING = Task("embedding", "linear", "squared_error", ("cosine",))


@dataclass(frozen=True)
class VectorCoder:
    """Stands where other models know their classes.

    Attributes:
        units: numbers of a vector.
    """

    units: int

    @property
    def task(self) -> Task:
        """Always the same."""
        return EMBEDDING

    @property
    def classes(self) -> Array:
        """None."""
        return np.zeros(0, np.int64)

    @property
    def spec(self) -> OutputSpec:
        """A vector at each step."""
        return OutputSpec(self.units, EMBEDDING.activation, EMBEDDING.loss, each_step=True)

    def encode(self, target: Any) -> NoReturn:
        """Refused: see `_refuse`."""
        del target
        _refuse()

    def labels(self, logits: Array) -> NoReturn:
        """Refused: see `_refuse`."""
        del logits
        _refuse()

    def probabilities(self, logits: Array) -> NoReturn:
        """Refused: see `_refuse`."""
        del logits
        _refuse()

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """An epoch's metrics as they are."""
        return dict(row)

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"task": EMBEDDING.kind, "units": self.units}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> VectorCoder:
        """The coder that `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        units = state.get("units")
        if type(units) is not int or units < 1:
            raise ArtifactError(
                "The model file's description of its vectors is damaged or foreign: save the model "
                "again."
            )
        return cls(units)


def _refuse() -> NoReturn:
    raise HyperparameterError(
        "This model gives vectors of texts and was not trained to answer: use embed, or train "
        "another with pretrained= this one."
    )
