"""Labels of steps as labels of one long row, so that they are scored like those of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data.step_labels import StepLabels, in_rows
from ranvier.errors import TargetError

Array = np.ndarray[Any, Any]


def joined(truth: Any, prediction: Any, weights: Array | None) -> tuple[Array, Array, Array | None]:
    """The truth (steps,), the prediction (steps, ...) and the weights (steps,) of all steps.

    Args:
        truth: objects (N,), a row of labels for each row.
        prediction: the same, or of logits.
        weights: (N,) how much each step of a row counts, or None.

    Raises:
        TargetError: rows of the two that differ in length.
    """
    rows, labels = list(prediction), labels_in(truth)
    lengths = [len(row) for row in rows]
    check_steps(labels, np.array(lengths))
    each = None if weights is None else np.repeat(weights, lengths)
    return labels.all(), np.concatenate(rows), each


def labels_of(target: Any) -> Array:
    """All labels of a target, one row after the other.

    Raises:
        TargetError: it has none for its steps.
    """
    return labels_in(target).all()


def labels_in(target: Any) -> StepLabels:
    """A target as labels of steps.

    Raises:
        TargetError: it has none for its steps.
    """
    if isinstance(target, StepLabels):
        return target
    if not in_rows(np.asarray(target)):
        raise TargetError(
            "The target must hold a label for each step: pass a list of a row of labels for each "
            "row, or score a long table with its column of labels."
        )
    return StepLabels.of(target)


def check_steps(labels: StepLabels, lengths: Array, noun: str = "step") -> None:
    """Hold labels to the steps of their rows, int (N,).

    Raises:
        TargetError: with the first row that has more or fewer.
    """
    if len(labels) != len(lengths):
        raise TargetError(
            f"There are labels for {len(labels):,} rows, and {len(lengths):,} rows: pass a row of "
            "labels for each."
        )
    wrong = np.flatnonzero(labels.lengths != lengths)
    if len(wrong):
        row = int(wrong[0])
        steps, given = int(lengths[row]), int(labels.lengths[row])
        some = f"{steps:,} {noun}{'s' * (steps != 1)}"
        raise TargetError(
            f"Each {noun} needs one label; row {row:,} has {some} and {given:,} "
            f"label{'s' * (given != 1)}: make them as many."
        )
