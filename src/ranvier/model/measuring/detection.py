"""How well odd rows are told from usual ones, beside two that need no training in depth."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.errors import TargetError
from ranvier.model.measuring.compression import Components
from ranvier.model.measuring.rows import Array, flat


def area(usualness: Any, odd: Any) -> float:
    """ROC AUC: how often an odd row gets a lower score than a usual one.

    Args:
        usualness: (N,), higher for more usual rows, as `score_samples` gives it.
        odd: bool (N,), the truth.

    Raises:
        TargetError: all rows are odd, or none is.
    """
    from sklearn.metrics import roc_auc_score

    truth = np.asarray(odd).astype(bool)
    if truth.all() or not truth.any():
        which = "all" if truth.all() else "none"
        raise TargetError(f"Detection needs odd rows and usual ones; {which} of these are odd.")
    return float(roc_auc_score(truth, -np.asarray(usualness, np.float64)))


def isolation_forest(trained: Any, rows: Any, seed: int = 0) -> Array:
    """Float64 (N,): the usualness of rows by an isolation forest (Liu et al. 2008)."""
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(random_state=seed).fit(flat(trained))
    scores: Array = forest.score_samples(flat(rows))
    return scores


def components(trained: Any, rows: Any, dimensions: int) -> Array:
    """Float64 (N,): the usualness of rows, minus the error of their principal components."""
    return -Components.fitted(trained, dimensions).errors(rows)
