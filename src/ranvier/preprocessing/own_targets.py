"""Rows that are their own target, and the classes that may come along with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError, TargetError
from ranvier.specification import OutputSpec
from ranvier.tasks import TASKS, Task, unique_classes

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class OwnCoder:
    """What the network makes: the rows again, or others like them.

    Attributes:
        task: "reconstruction", "generation" or "super_resolution".
        units: numbers of a row, or channels of a pixel.
        image: (height, width) of a picture, (steps,) of a signal; empty for a table.
        classes: sorted; by which rows are made on demand. Empty where that is not asked for.
    """

    task: Task
    units: int
    image: tuple[int, ...] = ()
    classes: Array = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def spec(self) -> OutputSpec:
        """The output layer that the task decides."""
        return OutputSpec(self.units, self.task.activation, self.task.loss, self.image)

    def encode(self, target: Any) -> Array:
        """Int32 (N,): the class of each row, by its number.

        Raises:
            TargetError: a class that was not there in training.
        """
        values = np.asarray(target).ravel()
        if self.classes.dtype.kind in "OUS":
            values = values.astype(str)
        places = np.searchsorted(self.classes, values)
        places = np.minimum(places, len(self.classes) - 1)
        wrong = self.classes[places] != values
        if wrong.any():
            raise TargetError(
                f"The class {values[wrong][0]!s} was not there in training; known classes: "
                f"{', '.join(str(c) for c in self.classes[:10])}."
            )
        return places.astype(np.int32)

    def labels(self, logits: Array) -> Array:
        """What the network gives, as it is."""
        return logits

    def probabilities(self, logits: Array) -> Array:
        """None are given.

        Raises:
            TargetError: always.
        """
        raise TargetError(f"A model of {self.task.kind} has no probabilities of classes.")

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """An epoch's metrics as people read them."""
        return row

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "task": self.task.kind,
            "units": self.units,
            "image": list(self.image),
            "classes": self.classes.tolist(),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> OwnCoder:
        """The coder that `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        try:
            task, units = TASKS[state["task"]], int(state["units"])
            image = tuple(int(side) for side in state["image"])
            classes = np.array(state["classes"]) if state["classes"] else np.zeros(0, np.int64)
            if not task.is_unsupervised or units < 1 or classes.dtype.kind not in "iufbU":
                raise ValueError(task.kind)
            return cls(task, units, image, classes)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of what it makes is damaged or foreign: save the "
                "model again."
            ) from error


def classes_of(target: Any) -> Array:
    """The sorted classes of a target (N,), whole numbers or names.

    Raises:
        TargetError: it holds fractions, or values that cannot be compared.
    """
    values = np.asarray(target)
    if values.ndim > 1:
        values = values.reshape(len(values), -1)
        if values.shape[1] != 1:
            raise TargetError(
                f"One class for each row is expected; the target has {values.shape[1]} columns."
            )
    values = values.ravel()
    if values.dtype.kind in "OUS":
        values = values.astype(str)
    if values.dtype.kind == "f" and not np.all(values == np.floor(values)):
        raise TargetError(
            "The target must hold classes; it holds fractions such as "
            f"{values[values != np.floor(values)][0]:g}: leave it out, or turn ranges into classes."
        )
    return unique_classes(values)
