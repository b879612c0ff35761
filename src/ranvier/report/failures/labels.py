"""Where a model of several labels fails: each label by itself, and the rows that are most wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.data import Dataset
from ranvier.preprocessing.targets import TargetCoder
from ranvier.report.failures.calibration import Calibration, calibration
from ranvier.report.failures.worst import WorstRows, worst_order, worst_rows
from ranvier.report.html import shortened


@dataclass(frozen=True)
class LabelFailures:
    """What went wrong over N rows and L labels.

    Attributes:
        labels: their names.
        given, found, false: int (L,): rows that have the label, those of them where it was
            predicted, and rows where it was predicted and is not.
        rows, wrong: how many, and how many of them with a wrong label.
        calibration, worst: as they say.
    """

    labels: tuple[str, ...]
    given: np.ndarray
    found: np.ndarray
    false: np.ndarray
    rows: int
    wrong: int
    calibration: Calibration
    worst: WorstRows


def label_failures(
    coder: TargetCoder,
    examples: Dataset,
    numbers: np.ndarray,
    logits: np.ndarray,
    columns: Sequence[str],
    names: Sequence[str],
) -> LabelFailures:
    """Compare N rows with what was predicted for them; `names` are the labels'."""
    assert examples.target is not None
    chances = coder.probabilities(logits)  # (N, L)
    truth = coder.encode(examples.target) > 0.5
    predicted = logits > 0
    losses = -np.log(np.clip(np.where(truth, chances, 1 - chances), 1e-7, 1.0)).sum(axis=1)
    labels = tuple(shortened(name) for name in names)
    lead = [
        (_named(truth[row], labels), _named(predicted[row], labels)) for row in worst_order(losses)
    ]
    return LabelFailures(
        labels=labels,
        given=truth.sum(axis=0),
        found=(truth & predicted).sum(axis=0),
        false=(~truth & predicted).sum(axis=0),
        rows=len(truth),
        wrong=int((truth != predicted).any(axis=1).sum()),
        calibration=calibration(chances.ravel(), truth.ravel(), "a label"),
        worst=worst_rows(examples, numbers, losses, ("truth", "prediction"), lead, columns),
    )


def _named(row: np.ndarray, labels: Sequence[str]) -> str:
    return shortened(", ".join(labels[place] for place in np.flatnonzero(row).tolist()) or "none")
