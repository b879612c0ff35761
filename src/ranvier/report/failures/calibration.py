"""Whether a model is as often right as it is sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Calibration:
    """Predictions put together by how sure the model was.

    Attributes:
        sure: float64 (B,): the mean stated probability of each group.
        right: float64 (B,): the share that came true.
        counts: int64 (B,): predictions in each group.
        gap: the mean distance of both, weighted by `counts` (expected calibration error).
        of: what is stated, such as "the class predicted".
    """

    sure: np.ndarray
    right: np.ndarray
    counts: np.ndarray
    gap: float
    of: str


def calibration(stated: np.ndarray, came_true: np.ndarray, of: str) -> Calibration:
    """Put stated probabilities (M,) and what came true (M,) of them in ten equal bins."""
    bins = np.clip((stated * BINS).astype(np.intp), 0, BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    filled = counts > 0
    counts_filled = counts[filled]
    sure = np.bincount(bins, stated, BINS)[filled] / counts_filled
    right = np.bincount(bins, came_true.astype(np.float64), BINS)[filled] / counts_filled
    total = max(int(counts.sum()), 1)
    gap = float((np.abs(sure - right) * counts_filled).sum() / total)
    return Calibration(sure, right, counts_filled, gap, of)
