"""The trivial baseline that stands beside every score: one constant prediction.

| task               | prediction              |
|--------------------|-------------------------|
| binary, multiclass | the most frequent class |
| multilabel         | no label at all         |
| regression         | the mean                |

A model that does not beat it has learned nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.model.scoring import comparable, measure
from ranvier.tasks import Task


@dataclass(frozen=True)
class Baseline:
    """A constant prediction.

    Attributes:
        words: what it does, such as "always the mean".
        value: the class, the numbers (outputs,) or the number.
    """

    words: str
    value: Any

    def predict(self, truth: np.ndarray) -> np.ndarray:
        """The constant for every row, in the shape of `truth`."""
        rows = np.empty(truth.shape, dtype=np.asarray(self.value).dtype)
        rows[...] = self.value
        return rows

    def score(self, task: Task, truth: np.ndarray) -> dict[str, float]:
        """The task's metrics by name, as for a model."""
        values = measure(task, truth, self.predict(truth))
        if task.kind == "binary":
            values["roc_auc"] = 0.5  # the same score for every row
        return values


def baseline(task: Task, target: np.ndarray) -> Baseline:
    """The best constant for a target of shape (N,) or (N, outputs)."""
    if task.kind == "regression":
        return Baseline("always the mean", np.mean(target.astype(np.float64), axis=0))
    if task.kind == "multilabel":
        return Baseline("no label at all", 0)
    labels, _ = comparable(target.ravel(), target.ravel())
    classes, counts = np.unique(labels, return_counts=True)
    most = classes[np.argmax(counts)]
    return Baseline(f"always {most}, the most frequent", most)
