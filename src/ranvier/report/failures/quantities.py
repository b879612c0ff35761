"""Where a model of numbers fails: predicted against true, and the largest residuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.data import Dataset
from ranvier.preprocessing.targets import TargetCoder
from ranvier.report.failures.worst import WorstRows, worst_order, worst_rows
from ranvier.report.html import shortened
from ranvier.report.numbers import short

MOST_POINTS = 400
GROUPS = 5
BARS = 15


@dataclass(frozen=True)
class OutputFailures:
    """One output over N rows.

    Attributes:
        name: of the output.
        truth, predicted: float64 (M,): at most `MOST_POINTS` rows, drawn by chance.
        stated, came: float64 (G,): the rows in equal groups by prediction: the mean prediction
            of each, and the mean truth.
        edges, counts: of the residuals (truth less prediction), (B + 1,) and (B,).
        bias: the mean residual; `half`, `most`: half of the residuals, and nine in ten of them,
            are smaller than this, signs aside.
        r2, rmse: on all N rows.
    """

    name: str
    truth: np.ndarray
    predicted: np.ndarray
    stated: np.ndarray
    came: np.ndarray
    edges: np.ndarray
    counts: np.ndarray
    bias: float
    half: float
    most: float
    r2: float
    rmse: float


@dataclass(frozen=True)
class QuantityFailures:
    """All outputs, and the rows with the largest residuals."""

    outputs: tuple[OutputFailures, ...]
    rows: int
    worst: WorstRows


def quantity_failures(
    coder: TargetCoder,
    examples: Dataset,
    numbers: np.ndarray,
    logits: np.ndarray,
    columns: Sequence[str],
    names: Sequence[str],
) -> QuantityFailures:
    """Compare N rows with what was predicted for them; `names` are the outputs'."""
    assert examples.target is not None
    truth = examples.target.astype(np.float64).reshape(len(logits), -1)  # (N, outputs)
    predicted = coder.labels(logits).reshape(truth.shape)
    several = truth.shape[1] > 1
    scaled = np.abs(truth - predicted) / coder.scale  # (N, outputs)
    badness = scaled.max(axis=1)
    lead = []
    for row in worst_order(badness):
        k = int(np.argmax(scaled[row]))
        cells = _lead(truth[row, k], predicted[row, k])
        lead.append((shortened(names[k]), *cells) if several else cells)
    head = ("output",) * several + ("truth", "prediction", "off by")
    return QuantityFailures(
        outputs=tuple(
            _output(shortened(name), truth[:, k], predicted[:, k]) for k, name in enumerate(names)
        ),
        rows=len(truth),
        worst=worst_rows(examples, numbers, badness, head, lead, columns),
    )


def _lead(truth: float, predicted: float) -> tuple[str, ...]:
    off = predicted - truth
    return short(truth, 4), short(predicted, 4), ("+" if off > 0 else "") + short(off)


def _output(name: str, truth: np.ndarray, predicted: np.ndarray) -> OutputFailures:
    residuals = truth - predicted
    shown = np.arange(len(truth))
    if len(shown) > MOST_POINTS:
        shown = np.sort(np.random.default_rng(0).permutation(shown)[:MOST_POINTS])
    groups = np.array_split(np.argsort(predicted, kind="stable"), min(GROUPS, len(truth)))
    spread = np.square(truth - truth.mean()).sum()
    sizes = np.abs(residuals)
    # The outermost residuals, one in a hundred, would press all others into one bar.
    low, high = np.quantile(residuals, (0.005, 0.995))
    counts, edges = np.histogram(np.clip(residuals, low, high), bins=BARS)
    return OutputFailures(
        name=name,
        truth=truth[shown],
        predicted=predicted[shown],
        stated=np.array([predicted[group].mean() for group in groups]),
        came=np.array([truth[group].mean() for group in groups]),
        edges=edges,
        counts=counts,
        bias=float(residuals.mean()),
        half=float(np.quantile(sizes, 0.5)),
        most=float(np.quantile(sizes, 0.9)),
        r2=float(1 - np.square(residuals).sum() / spread) if spread else float("nan"),
        rmse=float(np.sqrt(np.square(residuals).mean())),
    )
