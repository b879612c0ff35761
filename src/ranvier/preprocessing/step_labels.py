"""A label for every step as a network sees it, and as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ranvier.data.step_labels import StepLabels, together
from ranvier.errors import ArtifactError
from ranvier.preprocessing.lists import edges_in
from ranvier.preprocessing.ragged import Ragged
from ranvier.preprocessing.targets import TargetCoder, fit_target
from ranvier.specification import OutputSpec
from ranvier.tasks import LABELLING, MULTICLASS, Task

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class StepCoder:
    """Fitted state of such a target, plain data.

    Logits are objects (N,), for each row float32 (its steps, units).

    Attributes:
        steps: how the label of one step is read.
        edges: the lengths that rows are padded to, those of the inputs.
        task: labelling.
    """

    steps: TargetCoder
    edges: tuple[int, ...] = (1,)
    task: Task = LABELLING

    @classmethod
    def fit(cls, target: StepLabels) -> StepCoder:
        """Learn the classes.

        Raises:
            TargetError: fewer than two.
        """
        found = fit_target(target.all(), MULTICLASS)
        return cls(replace(found, units=len(found.classes)))

    def padded_to(self, edges: tuple[int, ...]) -> StepCoder:
        """The same for inputs that are padded to these lengths."""
        return replace(self, edges=edges)

    @property
    def classes(self) -> Array:
        """The sorted labels."""
        return self.steps.classes

    @property
    def units(self) -> int:
        """Width of the output layer at each step."""
        return self.steps.units

    @property
    def spec(self) -> OutputSpec:
        """The output layer that the task decides."""
        return OutputSpec(self.units, self.task.activation, self.task.loss, each_step=True)

    def encode(self, target: Any) -> Array | Ragged:
        """Int32 codes, rows of (steps,), padded as the inputs are; an array without padding.

        Args:
            target: `StepLabels`, or objects (N,) of a row of labels each.

        Raises:
            TargetError: a label that was not there in training.
        """
        labels = target if isinstance(target, StepLabels) else StepLabels.of(target)
        codes = self.steps.encode(labels.all())
        if len(self.edges) == 1 and (labels.lengths == self.edges[0]).all():
            return codes.reshape(len(labels), self.edges[0])  # (N, steps)
        starts = np.concatenate([[0], np.cumsum(labels.lengths)]).astype(np.int64)
        return Ragged(codes, starts, self.edges)

    def labels(self, logits: Array) -> Array:
        """Objects (N,): for each row its labels, (steps,)."""
        return together([self.steps.labels(row) for row in logits])

    def probabilities(self, logits: Array) -> Array:
        """Objects (N,): for each row float64 (steps, classes)."""
        return together([self.steps.probabilities(row) for row in logits])

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """An epoch's metrics, as they are."""
        return row

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "task": self.task.kind,
            "steps": self.steps.to_state(),
            "edges": list(self.edges),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> StepCoder:
        """The coder that `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        try:
            steps, edges = TargetCoder.from_state(state["steps"]), edges_in(state["edges"])
            if steps.task != MULTICLASS or not 2 <= len(steps.classes) == steps.units:
                raise ValueError(steps.units)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of the labels of steps is damaged or foreign: "
                "save the model again."
            ) from error
        return cls(steps, edges)
