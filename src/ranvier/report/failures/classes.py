"""Where a classifier fails: classes taken for others, and the rows it was sure and wrong about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.data import Dataset
from ranvier.preprocessing.targets import TargetCoder
from ranvier.report.failures.calibration import Calibration, calibration
from ranvier.report.failures.worst import WorstRows, worst_order, worst_rows
from ranvier.report.html import shortened
from ranvier.report.numbers import percent

MATRIX_CLASSES = 12  # up to here the whole confusion matrix can be read
MOST_PAIRS = 15
CURVE_POINTS = 200


@dataclass(frozen=True)
class Roc:
    """How many of the positive class are found (`found`) for how many false alarms (`false`)."""

    false: np.ndarray
    found: np.ndarray
    area: float
    positive: str


@dataclass(frozen=True)
class ClassFailures:
    """What went wrong over N rows, or steps of rows, and K classes.

    Attributes:
        classes: their names.
        totals, hits: int (K,): rows of each class, and how many of them were recognised.
        pairs: (true class, taken for, rows), the most frequent first; -1 is a class that
            training never saw.
        matrix: int (K, K), true class by predicted class; None for many classes.
        unknown: rows of a class that training never saw.
        rows, wrong: how many.
        roc: for two classes that both occur.
        calibration, worst: as they say.
        thing: what has a class: "row" or "step".
    """

    classes: tuple[str, ...]
    totals: np.ndarray
    hits: np.ndarray
    pairs: tuple[tuple[int, int, int], ...]
    matrix: np.ndarray | None
    unknown: int
    rows: int
    wrong: int
    roc: Roc | None
    calibration: Calibration
    worst: WorstRows
    thing: str = "row"


def class_failures(
    coder: TargetCoder,
    examples: Dataset,
    numbers: np.ndarray,
    logits: np.ndarray,
    columns: Sequence[str],
) -> ClassFailures:
    """Compare N rows with what was predicted for them.

    Args:
        coder: the fitted target.
        examples: the rows with their target.
        numbers: int (N,): what each row is called.
        logits: float32 (N, units).
        columns: the table's columns, the most important first.
    """
    assert examples.target is not None
    names = tuple(shortened(label) for label in coder.classes)
    count = len(names)
    chances = coder.probabilities(logits)  # (N, K)
    truth = codes_of(coder, examples.target)
    binary = coder.task.kind == "binary"
    predicted = (logits[:, 0] > 0).astype(np.intp) if binary else np.argmax(logits, axis=1)
    right = truth == predicted
    known = truth >= 0
    badness = _badness(chances, truth, predicted)
    lead = [
        (
            shortened(examples.target.ravel()[row]),
            names[predicted[row]],
            percent(float(chances[row, predicted[row]])),
            percent(float(chances[row, truth[row]])) if known[row] else "never seen",
        )
        for row in worst_order(badness)
    ]
    head = ("truth", "prediction", "sure of it", "gave the truth")
    missed = truth[~right] * count + predicted[~right]
    codes, frequency = np.unique(missed, return_counts=True)
    first = np.argsort(-frequency, kind="stable")[:MOST_PAIRS]
    matrix = None
    if count <= MATRIX_CLASSES:
        flat = np.bincount(truth[known] * count + predicted[known], minlength=count * count)
        matrix = flat.reshape(count, count)
    return ClassFailures(
        classes=names,
        totals=np.bincount(truth[known], minlength=count),
        hits=np.bincount(truth[right], minlength=count),
        pairs=tuple(
            (int(codes[i] // count), int(codes[i] % count), int(frequency[i])) for i in first
        ),
        matrix=matrix,
        unknown=int((~known).sum()),
        rows=len(truth),
        wrong=int((~right).sum()),
        roc=_roc(truth[known], chances[known, 1], names[1]) if binary else None,
        calibration=_calibration(chances, predicted, right, truth, names),
        worst=worst_rows(examples, numbers, badness, head, lead, columns),
    )


def codes_of(coder: TargetCoder, target: np.ndarray) -> np.ndarray:
    """Int (N,): the class of each row; -1 for one that training never saw."""
    places = {str(label): place for place, label in enumerate(coder.classes.tolist())}
    labels, codes = np.unique(target.ravel().astype(str), return_inverse=True)
    known = np.array([places.get(str(label), -1) for label in labels], np.intp)
    if (known < 0).any() and coder.classes.dtype.kind in "iuf":
        known = np.array([_as_number(str(label), coder.classes) for label in labels], np.intp)
    found: np.ndarray = known[codes.ravel()]
    return found


def _as_number(label: str, classes: np.ndarray) -> int:
    """The place of a number among classes, also where it is written as 1.0 rather than 1."""
    try:
        places = np.flatnonzero(classes.astype(np.float64) == float(label))
    except ValueError:
        return -1
    return int(places[0]) if len(places) else -1


def _badness(chances: np.ndarray, truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """How sure the model was of the wrong class; below zero where it was right."""
    rows = np.arange(len(truth))
    sure = chances[rows, predicted]
    given = np.where(truth >= 0, chances[rows, np.maximum(truth, 0)], 0.0)
    bad: np.ndarray = np.where(truth == predicted, -given, sure - given + 1e-9)
    return bad


def _calibration(
    chances: np.ndarray,
    predicted: np.ndarray,
    right: np.ndarray,
    truth: np.ndarray,
    names: Sequence[str],
) -> Calibration:
    if len(names) == 2:
        return calibration(chances[:, 1], truth == 1, names[1])
    sure = chances[np.arange(len(predicted)), predicted]
    return calibration(sure, right, "the class predicted")


def _roc(truth: np.ndarray, chances: np.ndarray, positive: str) -> Roc | None:
    if len(np.unique(truth)) < 2:
        return None
    from sklearn import metrics

    false, found, _ = metrics.roc_curve(truth, chances)
    area = float(metrics.auc(false, found))
    if len(false) > CURVE_POINTS:
        kept = np.unique(np.linspace(0, len(false) - 1, CURVE_POINTS).astype(np.intp))
        false, found = false[kept], found[kept]
    return Roc(false, found, area, positive)
