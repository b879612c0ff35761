"""The tokens of a text as its own target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError
from ranvier.specification import OutputSpec
from ranvier.tasks import TASKS, Task, no_target

Array = np.ndarray[Any, Any]

MOST_NATS = 700.0  # of which the exponential is still a number


@dataclass(frozen=True)
class TokenCoder:
    """What the network answers at each step: a token of the vocabulary.

    Attributes:
        task: one of the language tasks.
        units: how many tokens there are.
    """

    task: Task
    units: int

    @property
    def classes(self) -> Array:
        """None that people would name."""
        return np.zeros(0, np.int64)

    @property
    def spec(self) -> OutputSpec:
        """The output layer that the task decides."""
        return OutputSpec(self.units, self.task.activation, self.task.loss, each_step=True)

    def encode(self, target: Any) -> Array:
        """There is none to encode.

        Raises:
            TargetError: always.
        """
        raise no_target(self.task.kind)

    def labels(self, logits: Array) -> Array:
        """The likeliest token at each step: int64 (..., steps) of (..., steps, units)."""
        likeliest: Array = np.argmax(logits, axis=-1)
        return likeliest

    def probabilities(self, logits: Array) -> Array:
        """Float64, in the shape of `logits`."""
        wide = logits.astype(np.float64)
        powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
        chances: Array = powers / powers.sum(axis=-1, keepdims=True)
        return chances

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """An epoch's metrics with the perplexity, which people compare."""
        found = dict(row)
        for name in ("loss", "valid_loss"):
            if name in row:
                found[name.replace("loss", "perplexity")] = perplexity(row[name])
        return found

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"task": self.task.kind, "units": self.units}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TokenCoder:
        """The coder that `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        task, units = TASKS.get(str(state.get("task"))), state.get("units")
        if task is None or not task.is_language or type(units) is not int or units < 1:
            raise ArtifactError(
                "The model file's description of its tokens is damaged or foreign: save the model "
                "again."
            )
        return cls(task, units)


def perplexity(nats: float) -> float:
    """Of a mean loss: among how many equally likely tokens the model hesitates."""
    return float(np.exp(min(nats, MOST_NATS))) if np.isfinite(nats) else float(nats)
