"""The target as a network sees it, and its predictions as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError, TargetError
from ranvier.specification import OutputSpec
from ranvier.tasks import TASKS, Task, unique_classes


@dataclass(frozen=True)
class TargetCoder:
    """Fitted state of the target, plain data.

    Attributes:
        task: what the target asks for.
        classes: sorted labels for binary and multiclass; empty otherwise.
        mean, scale: float64 (units,) for regression, which is learned standardised.
        flat: whether predictions have shape (N,) rather than (N, units).
        units: width of the output layer.
    """

    task: Task
    classes: np.ndarray = field(default_factory=lambda: np.empty(0))
    mean: np.ndarray = field(default_factory=lambda: np.zeros(1))
    scale: np.ndarray = field(default_factory=lambda: np.ones(1))
    flat: bool = True
    units: int = 1

    @property
    def spec(self) -> OutputSpec:
        """The output layer that the task decides."""
        return OutputSpec(self.units, self.task.activation, self.task.loss)

    def encode(self, target: np.ndarray) -> np.ndarray:
        """As the losses take it: int32 (N,) for multiclass, else float32 (N, units).

        Raises:
            TargetError: a label that was not there in training.
        """
        kind = self.task.kind
        if kind in ("binary", "multiclass"):
            codes = self._codes(np.asarray(target).ravel())
            return codes[:, None].astype(np.float32) if kind == "binary" else codes
        values = np.asarray(target).astype(np.float64).reshape(len(target), -1)
        if values.shape[1] != self.units:
            raise TargetError(f"The target must have {self.units} columns; got {values.shape[1]}.")
        if kind == "regression":
            values = (values - self.mean) / self.scale
        return values.astype(np.float32)

    def _codes(self, labels: np.ndarray) -> np.ndarray:
        if labels.dtype.kind in "OUS" and self.classes.dtype.kind in "OUS":
            labels, classes = labels.astype(str), self.classes.astype(str)
        else:
            classes = self.classes
        codes = np.searchsorted(classes, labels)
        codes = np.minimum(codes, len(classes) - 1)
        wrong = classes[codes] != labels
        if np.any(wrong):
            known = ", ".join(str(label) for label in classes[:10])
            raise TargetError(
                f"The target holds the class {labels[wrong][0]!s}, which was not there in "
                f"training; known classes: {known}."
            )
        return codes.astype(np.int32)

    def labels(self, logits: np.ndarray) -> np.ndarray:
        """Predictions as a person reads them, from logits of shape (N, units)."""
        kind = self.task.kind
        if kind in ("binary", "multiclass"):
            codes = logits[:, 0] > 0 if kind == "binary" else np.argmax(logits, axis=1)
            labels: np.ndarray = self.classes[codes.astype(np.intp)]
            return labels
        if kind == "multilabel":
            return (logits > 0).astype(np.int64)
        values: np.ndarray = logits.astype(np.float64) * self.scale + self.mean  # (N, units)
        return values[:, 0] if self.flat else values

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Float64 (N, classes): of each class, or of each label for multilabel."""
        logits = logits.astype(np.float64)
        if self.task.kind == "multiclass":
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            softmax: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
            return softmax
        # The logarithm of a sigmoid neither overflows nor rounds small chances to one another.
        positive: np.ndarray = np.exp(-np.logaddexp(0.0, -logits))
        if self.task.kind == "binary":
            negative = np.exp(-np.logaddexp(0.0, logits))
            return np.concatenate([negative, positive], axis=1)
        return positive

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """An epoch's metrics as people read them: errors of one number in its own unit."""
        if self.task.kind == "regression" and self.units == 1 and "valid_loss" in row:
            return {**row, "valid_rmse": float(np.sqrt(row["valid_loss"]) * self.scale[0])}
        return row

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "task": self.task.kind,
            "classes": {"dtype": _dtype_name(self.classes), "values": self.classes.tolist()},
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "flat": self.flat,
            "units": self.units,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TargetCoder:
        """The coder that `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        try:
            stored = state["classes"]
            if stored["dtype"] not in _DTYPES:
                raise ValueError(stored["dtype"])
            return cls(
                task=TASKS[state["task"]],
                classes=np.array(stored["values"], dtype=stored["dtype"]),
                mean=np.array(state["mean"], np.float64),
                scale=np.array(state["scale"], np.float64),
                flat=bool(state["flat"]),
                units=int(state["units"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of the target is damaged or foreign: "
                "save the model again."
            ) from error


_DTYPES = ("object", "str", "bool", "int64", "uint64", "float64")


def _dtype_name(classes: np.ndarray) -> str:
    kinds = {"O": "object", "U": "str", "b": "bool", "i": "int64", "u": "uint64", "f": "float64"}
    return kinds[classes.dtype.kind]


def fit_target(target: np.ndarray, task: Task, weights: np.ndarray | None = None) -> TargetCoder:
    """Learn the classes, or the mean and the scale, of a target.

    Args:
        target: (N,) or (N, outputs), complete.
        task: what it asks for.
        weights: float64 (N,); rows of weight 0 do not count.

    Raises:
        TargetError: fewer than two classes.
    """
    target = np.asarray(target)
    flat = target.ndim == 1
    if task.kind in ("binary", "multiclass"):
        counted = target.ravel() if weights is None else target.ravel()[weights > 0]
        classes = unique_classes(counted)
        if len(classes) < 2:
            raise TargetError(
                f"Classification needs at least two classes; the target holds one class "
                f"({classes[0]!s}) only."
            )
        if classes.dtype.kind == "O" and not all(isinstance(c, str) for c in classes):
            classes = np.array(classes.tolist())  # objects that are all numbers, or booleans
        return TargetCoder(task, classes, units=1 if len(classes) == 2 else len(classes))
    values = target.astype(np.float64).reshape(len(target), -1)
    units = values.shape[1]
    if task.kind == "multilabel":
        return TargetCoder(task, flat=False, units=units)
    mean = np.average(values, axis=0, weights=weights)
    # Taken in units of the largest deviation, so that enormous values do not overflow.
    largest = np.maximum(np.abs(values - mean).max(axis=0), np.finfo(np.float64).tiny)
    spread = np.average(np.square((values - mean) / largest), axis=0, weights=weights)
    scale = np.sqrt(spread) * largest
    constant = scale <= np.abs(mean) * 1e-12
    return TargetCoder(
        task, mean=mean, scale=np.where(constant | (scale == 0), 1.0, scale), flat=flat, units=units
    )
