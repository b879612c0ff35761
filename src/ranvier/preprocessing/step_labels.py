"""A label for every step as a network sees it, and as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ranvier.data.step_labels import StepLabels, together
from ranvier.errors import ArtifactError
from ranvier.preprocessing.lists import edges_in
from ranvier.preprocessing.ragged import Ragged
from ranvier.preprocessing.targets import TargetCoder, fit_target
from ranvier.preprocessing.worded import at_words
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
        shares: of words: how many of those in training have each class; empty for other steps.
    """

    steps: TargetCoder
    edges: tuple[int, ...] = (1,)
    task: Task = LABELLING
    shares: tuple[float, ...] = ()

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

    def of_words(self, target: StepLabels) -> StepCoder:
        """The same for labels of words, whose answer is known where a word is not read."""
        counts = np.bincount(self.steps.encode(target.all()), minlength=self.units)
        shares = (counts + 1.0) / (counts.sum() + self.units)
        return replace(self, shares=tuple(shares.tolist()))

    @property
    def usual(self) -> Array:
        """Float32 (units,): logits that say the classes' shares; all the same without."""
        shares = self.shares or (1.0,) * self.units
        logits: Array = np.log(np.array(shares)).astype(np.float32)
        return logits

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

    def encode_words(self, target: Any, inputs: Mapping[str, Any]) -> Ragged:
        """Int32 codes of words at the steps of their first tokens, see `worded.at_words`.

        Args:
            target: as `encode` takes it.
            inputs: of the network, with the rows "words".

        Raises:
            TargetError: a label that was not there in training.
        """
        labels = target if isinstance(target, StepLabels) else StepLabels.of(target)
        return at_words(self.steps.encode(labels.all()), labels, inputs)

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
        state = {
            "task": self.task.kind,
            "steps": self.steps.to_state(),
            "edges": list(self.edges),
        }
        return {**state, "shares": list(self.shares)} if self.shares else state

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
            shares = tuple(float(share) for share in state.get("shares", ()))
            if shares and (len(shares) != steps.units or not all(0 < s <= 1 for s in shares)):
                raise ValueError(shares)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of the labels of steps is damaged or foreign: "
                "save the model again."
            ) from error
        return cls(steps, edges, shares=shares)
