"""Whether what was made looks real, and whether it is as varied: precision and recall."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ranvier.errors import DataError
from ranvier.model.measuring.rows import Array, paired

NEIGHBOURS = 3
BLOCK = 1 << 23  # distances that are held at once


class Coverage(NamedTuple):
    """Two shares from 0 to 1.

    Attributes:
        precision: of the made rows, those that lie among real ones.
        recall: of the real rows, those that lie among made ones.
    """

    precision: float
    recall: float


def coverage(real: Any, made: Any, neighbours: int = NEIGHBOURS) -> Coverage:
    """Improved precision and recall (Kynkäänniemi et al. 2019).

    A set's room is the union of balls around its rows, each as wide as the distance to its
    `neighbours`-th neighbour in the set. More rows make smaller balls: compare only shares that
    were measured with as many rows.

    Args:
        real: (N, features), numbers.
        made: (M, features).
        neighbours: at least 1.

    Raises:
        DataError: no more than `neighbours` rows on a side, or no numbers.
    """
    left, right = paired(real, made, ("real features", "made features"))
    if min(len(left), len(right)) <= neighbours:
        raise DataError(
            f"Precision and recall by {neighbours} neighbours need {neighbours + 1} rows on each "
            f"side at least; got {len(left)} and {len(right)}."
        )
    # Near zero, where the arithmetic of distances is best.
    middle = left.mean(axis=0)
    left, right = left - middle, right - middle
    return Coverage(
        precision=_inside(right, left, _radii(left, neighbours)),
        recall=_inside(left, right, _radii(right, neighbours)),
    )


def _radii(rows: Array, neighbours: int) -> Array:
    """Float64 (N,): the distance of each row to its so many-th neighbour."""
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(rows)
    distances: Array = found.kneighbors()[0][:, -1]
    return distances


def _inside(rows: Array, centres: Array, radii: Array) -> float:
    """Share of the rows that lie in a ball at least."""
    from sklearn.metrics import euclidean_distances

    step = max(1, BLOCK // len(centres))
    held = [
        (euclidean_distances(rows[start : start + step], centres) <= radii).any(axis=1)
        for start in range(0, len(rows), step)
    ]
    return float(np.concatenate(held).mean())
