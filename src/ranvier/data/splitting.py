"""Which rows are held out: the same rows for the same seed, each class represented."""

from __future__ import annotations

from typing import Any

import numpy as np

TEST_FRACTION = 0.2  # held out where nobody says how many


def split(
    rows: int, fraction: float, seed: int, labels: np.ndarray[Any, Any] | None = None
) -> np.ndarray[Any, Any]:
    """Choose the rows to hold out.

    Args:
        rows: how many rows there are; with fewer than two nothing can be held out.
        fraction: the share to hold out, in (0, 1); at least one row stays on either side.
        seed: the same seed chooses the same rows.
        labels: (rows,) classes to keep in proportion; None for plain shuffling. Falls back to
            plain shuffling where a class has one row, or where there are more classes than
            places.

    Returns:
        Sorted int64 row numbers.
    """
    if rows < 2:
        return np.empty(0, dtype=np.int64)
    generator = np.random.default_rng(seed)
    wanted = min(max(round(rows * fraction), 1), rows - 1)
    if labels is not None:
        codes = np.unique(labels, return_inverse=True)[1].reshape(-1)
        sizes = np.bincount(codes)
        if sizes.min() >= 2 and len(sizes) <= min(wanted, rows - wanted):
            return _stratified(codes, sizes, wanted, generator)
    return np.sort(generator.permutation(rows)[:wanted]).astype(np.int64)


def _stratified(
    codes: np.ndarray[Any, Any],
    sizes: np.ndarray[Any, Any],
    wanted: int,
    generator: np.random.Generator,
) -> np.ndarray[Any, Any]:
    """`wanted` rows, shared among classes by largest remainder, one of each class at least."""
    exact = sizes * (wanted / len(codes))
    shares = np.clip(np.floor(exact).astype(np.int64), 1, sizes - 1)
    while shares.sum() != wanted:
        step = 1 if shares.sum() < wanted else -1
        room = shares < sizes - 1 if step > 0 else shares > 1
        shares[np.argmax(np.where(room, step * (exact - shares), -np.inf))] += step
    order = np.argsort(codes, kind="stable")  # (rows,), the rows of each class together
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    chosen = [
        generator.permutation(order[start : start + size])[:share]
        for start, size, share in zip(starts, sizes, shares, strict=True)
    ]
    return np.sort(np.concatenate(chosen)).astype(np.int64)
