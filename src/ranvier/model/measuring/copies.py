"""Whether a generator learned or copied: its samples beside the rows that it was trained on.

How near is too near? Real rows that nobody trained on say it: where a sample is closer to one
training row, against that row's neighbours, than 99 of 100 of them, it counts as a copy. The
ratio, after Lowe's (2004) for matches of features, leaves smooth samples alone, which lie near to
many rows and are copies of none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import DataError
from ranvier.model.measuring.rows import Array, flat, paired

AROUND = 5  # further rows that say how dense it is there
USUAL = 0.01  # share of real rows that would be taken for copies


@dataclass(frozen=True)
class Nearest:
    """The nearest rows of one set to each of another.

    Attributes:
        rows: int (N, count), their numbers, the nearest first.
        distances: float64 (N, count), Euclidean; of uint8 pictures in units of the whole range.
    """

    rows: Array
    distances: Array


@dataclass(frozen=True)
class Copies:
    """What samples owe to the rows that trained.

    Attributes:
        share: of the samples, those that are copies.
        usual: the same share of real rows that did not train, by which it was set.
        closer: how often a sample lies closer to its nearest training row than a real row that
            did not train to its own; 0.5 is right, 1 is copying (after Meehan et al. 2020).
        found: whether there are more copies than chance makes (three standard errors).
        nearest: the nearest training rows of each sample.
    """

    share: float
    usual: float
    closer: float
    found: bool
    nearest: Nearest


def nearest(rows: Any, among: Any, count: int = 1) -> Nearest:
    """The nearest rows.

    Args:
        rows: (N, ...), numbers; pictures too.
        among: (M, ...), rows of the same shape.
        count: how many for each, at most M.

    Raises:
        DataError: rows of another width, or no numbers.
    """
    from sklearn.neighbors import NearestNeighbors

    asked, known = paired(rows, among, ("rows", "rows to be found"))
    middle = known.mean(axis=0)
    searched = NearestNeighbors(n_neighbors=min(count, len(known)), algorithm="brute")
    distances, numbers = searched.fit(known - middle).kneighbors(asked - middle)
    return Nearest(numbers, distances)


def copies(made: Any, trained: Any, held_out: Any) -> Copies:
    """How many of the samples are copies.

    Args:
        made: (N, ...), the samples.
        trained: (M, ...), rows that trained; twins among them count once.
        held_out: (K, ...), real rows that did not.

    Raises:
        DataError: too few rows to tell, rows of another width, or no numbers.
    """
    wide = flat(trained, "rows that trained")
    distinct, where = np.unique(wide, axis=0, return_index=True)
    if len(distinct) <= AROUND or len(held_out) < 2:
        raise DataError(
            f"Copies are told by {AROUND + 1} different rows that trained and 2 that did not at "
            f"least; got {len(distinct)} and {len(held_out)}."
        )
    found = nearest(flat(made, "samples"), distinct, AROUND + 1)
    usual = nearest(flat(held_out, "rows held out"), distinct, AROUND + 1)
    near, near_usual = _relative(found.distances), _relative(usual.distances)
    limit = float(np.quantile(near_usual, USUAL, method="lower"))
    one, other = found.distances[:, 0], np.sort(usual.distances[:, 0])
    below = np.searchsorted(other, one, "left") + np.searchsorted(other, one, "right")
    share = float(np.mean(near < limit))
    doubt = USUAL * (1.0 - USUAL) * (1.0 / len(one) + 1.0 / len(other))  # a variance
    return Copies(
        share=share,
        usual=USUAL,
        closer=float(1.0 - below.mean() / (2 * len(other))),
        found=bool(share > USUAL + 3.0 * np.sqrt(doubt)),
        nearest=Nearest(where[found.rows], found.distances),
    )


def _relative(distances: Array) -> Array:
    """The distance to the nearest row over the mean of those to the next ones, (N,)."""
    around = distances[:, 1:].mean(axis=1)
    return np.asarray(distances[:, 0] / np.maximum(around, 1e-12))
