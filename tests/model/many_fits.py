"""Fits many times and prints the resident memory: python -m tests.model.many_fits same."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import numpy as np

import ranvier as rv
from ranvier.training.programs import KEPT
from tests.training.runs import table

PAGE = 4096 / 2**20
MORE = 8  # shapes than are kept


def megabytes() -> float:
    """Resident memory of this process, as Linux counts it."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def fit(seed: int, rows: int = 2000, hidden: tuple[int, ...] = (64, 32)) -> None:
    """Fit and predict on data of one shape."""
    X, y = table(rows, seed)
    model = rv.FCNN(hidden=hidden, epochs=2, verbose=0).fit(X, y)
    model.predict(np.concatenate([X, X]))


def same_shape() -> None:
    """Other data of the same shape: nothing is compiled anew."""
    for seed in range(5):
        fit(seed)
    before = megabytes()
    after = []
    for seed in range(50):
        fit(5 + seed)
        after.append(megabytes())
    # What malloc keeps in hand goes up and down by some percent; a leak lifts the lowest, too.
    print(before, min(after[-10:]))


def other_shapes() -> None:
    """Programs are kept for the shapes used last, and let go after that."""
    readings = []
    for n in range(KEPT + MORE):
        fit(n, rows=600 + 200 * n, hidden=(16, 8))
        readings.append(megabytes())
    print(readings[KEPT - 1], readings[-1])


if __name__ == "__main__":
    {"same": same_shape, "other": other_shapes}[sys.argv[1]]()
