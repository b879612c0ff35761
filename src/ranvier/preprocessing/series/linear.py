"""The best linear forecast, in closed form: where the network starts from, and a baseline.

NLinear (Zeng, Chen, Zhang and Xu 2023, "Are Transformers Effective for Time Series
Forecasting?"): the newest value is taken away from the past, each step ahead is a weighted sum of
what is left, and the newest value is added again. The weights are those of ridge regression on
the training windows, so nothing is left to chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)  # of the mean square of an input
FOLDS = 5
MOST_ROWS = 20_000  # windows that the weights are learned from


@dataclass(frozen=True, eq=False)
class LinearForecast:
    """Fitted weights.

    Attributes:
        kernel: float64 (context, horizon).
        bias: float64 (horizon,).
    """

    kernel: Array
    bias: Array

    @classmethod
    def fit(cls, past: Array, future: Array) -> LinearForecast:
        """The weights; the penalty is chosen by windows left out.

        Args:
            past: float64 (N, context), windows in the order of time.
            future: float64 (N, horizon), NaN where unknown.
        """
        if len(past) > MOST_ROWS:
            some = np.linspace(0, len(past) - 1, MOST_ROWS).astype(np.int64)
            past, future = past[some], future[some]
        newest = past[:, -1:]
        x, y = past - newest, np.where(np.isnan(future), 0.0, future - newest)
        there = ~np.isnan(future)
        # Each window counts the less, the wider it swings: errors are compared in its own units.
        spread = x.std(axis=1, keepdims=True)
        floor = 1e-3 * float(spread.mean()) or 1.0
        weights = 1.0 / np.maximum(spread, floor)
        x, y = x * weights, y * weights
        if there.mean() < 1.0:  # a step that is unknown is as if it were the mean
            means = np.sum(y, axis=0) / np.maximum(there.sum(axis=0), 1)
            y = np.where(there, y, means)
        x = np.concatenate([x, weights / weights.mean()], axis=1)  # the bias, weighed as well
        penalty = _chosen(x, y, there)
        solved = _ridge(x, y, penalty)
        return cls(solved[:-1], solved[-1] / weights.mean())

    def __call__(self, past: Array) -> Array:
        """Float64 (N, horizon) for (N, context)."""
        newest = past[:, -1:]
        result: Array = (past - newest) @ self.kernel + self.bias + newest
        return result


def _chosen(x: Array, y: Array, there: Array) -> float:
    """The penalty with the least error on later windows that the weights have not seen."""
    count = len(x)
    if count < 2 * FOLDS:
        return PENALTIES[3]
    overlap = min(y.shape[1], count // (2 * FOLDS))
    errors = np.zeros(len(PENALTIES))
    edges = np.linspace(0, count, FOLDS + 1).astype(np.int64)
    for low, high in pairwise(edges.tolist()):
        kept = np.ones(count, bool)
        kept[max(0, low - overlap) : high + overlap] = False
        if kept.sum() < FOLDS:
            continue
        for place, penalty in enumerate(PENALTIES):
            off = np.abs(x[low:high] @ _ridge(x[kept], y[kept], penalty) - y[low:high])
            errors[place] += float(off[there[low:high]].sum())
    return PENALTIES[int(np.argmin(errors))]


def _ridge(x: Array, y: Array, penalty: float) -> Array:
    square = x.T @ x
    size = np.trace(square) / len(square)
    if not size > 0:
        return np.zeros((x.shape[1], y.shape[1]))
    solved: Array = np.linalg.solve(square + penalty * size * np.eye(len(square)), x.T @ y)
    return solved
