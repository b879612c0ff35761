"""Which rows the page shows, of any kind of rows, and the words beside each."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.preprocessing.targets import TargetCoder
from ranvier.report.failures.classes import codes_of
from ranvier.report.html import shortened
from ranvier.report.numbers import percent, short


def surest(coder: TargetCoder, rows: Dataset, logits: np.ndarray, most: int) -> np.ndarray:
    """For each of the first classes the row that is most surely and rightly of it."""
    if coder.task.kind not in ("binary", "multiclass"):
        return np.arange(min(len(rows), most))
    chances = coder.probabilities(logits)
    truth = codes_of(coder, rows.labels)
    found = []
    for code in range(chances.shape[1]):
        there = np.flatnonzero((truth == code) & (chances.argmax(axis=1) == code))
        if len(there):
            found.append(int(there[np.argmax(chances[there, code])]))
    return np.array(found[:most] or [0], np.intp)


def mistaken(coder: TargetCoder, rows: Dataset, logits: np.ndarray, most: int) -> np.ndarray:
    """The rows it was most sure of and wrong, or the most off."""
    if coder.task.kind in ("binary", "multiclass"):
        chances, truth = coder.probabilities(logits), codes_of(coder, rows.labels)
        sure = np.where(chances.argmax(axis=1) == truth, -1.0, chances.max(axis=1))
        order = np.argsort(-sure, kind="stable")[:most]
        return np.asarray(order[sure[order] > 0])
    encoded = np.asarray(coder.encode(rows.labels))
    answers = coder.probabilities(logits) if coder.task.classifies else logits
    off = np.square(answers - encoded).mean(axis=1)
    return np.asarray(np.argsort(-off, kind="stable")[:most])


def least_sure(coder: TargetCoder, rows: Dataset, logits: np.ndarray, most: int) -> np.ndarray:
    """The rows whose class it was least sure of, right or wrong; none for other tasks."""
    if coder.task.kind not in ("binary", "multiclass"):
        return np.zeros(0, np.intp)
    return np.asarray(np.argsort(coder.probabilities(logits).max(axis=1), kind="stable")[:most])


def caption(coder: TargetCoder, truth: Any, said: Any, logits: np.ndarray) -> tuple[str, ...]:
    """What the model said of a row and what is true, as a few short lines."""
    if coder.task.kind in ("binary", "multiclass"):
        sure = percent(float(coder.probabilities(logits[None]).max()))
        if str(truth) == str(said):
            return (f"{shortened(said, 30)}, {sure} sure",)
        return (f"{shortened(truth, 30)}, taken for", f"{shortened(said, 30)}, {sure} sure")
    flat, guess = np.ravel(truth)[:4], np.ravel(said)[:4]
    return (
        "true " + ", ".join(short(float(v)) for v in flat),
        "said " + ", ".join(short(float(v)) for v in guess),
    )


def named(inputs: Any, row: int) -> tuple[str, ...]:
    """The row's name, where it has one."""
    name = inputs.name_of(row)
    return (shortened(name, 40),) if name else ()
