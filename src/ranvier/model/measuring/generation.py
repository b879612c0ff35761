"""Samples beside real rows, and real rows beside real rows, by the same figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import DataError
from ranvier.model.measuring.coverage import NEIGHBOURS, coverage
from ranvier.model.measuring.frechet import frechet
from ranvier.model.measuring.rows import Array, some

MOST = 5_000  # rows that are compared


@dataclass(frozen=True)
class Likeness:
    """How like real rows a set of rows is.

    Attributes:
        frechet: the squared Fréchet distance of the features.
        precision, recall: shares of those among real ones, and of real ones among them.
    """

    frechet: float
    precision: float
    recall: float

    def plain(self) -> dict[str, float]:
        """The figures by name."""
        return {"frechet": self.frechet, "precision": self.precision, "recall": self.recall}


@dataclass(frozen=True)
class Compared:
    """Samples and real rows, both beside the same real rows and as many of each.

    Attributes:
        rows: how many on each side.
        made: the samples.
        real: real rows in their place: what a perfect generator would reach.
    """

    rows: int
    made: Likeness
    real: Likeness


def likeness(real: Array, made: Array) -> Likeness:
    """Figures of two sets of features, (N, features) each."""
    return Likeness(frechet(real, made), *coverage(real, made))


def room(real: Any, stand_in: Any) -> int:
    """How many samples are needed to be compared with these real rows."""
    return min(len(real), len(stand_in), MOST)


def compared(
    real: Any, stand_in: Any, made: Any, features: Callable[[Any], Array], seed: int = 0
) -> Compared:
    """Samples beside real rows, and other real rows beside the same.

    All three sets are cut to the same number of rows, on which such figures depend.

    Args:
        real: (N, ...) rows that nothing was trained on.
        stand_in: (M, ...) other real rows, those that trained or the other half.
        made: (K, ...) samples.
        features: from rows to (rows, features).
        seed: which rows are drawn where there are too many.

    Raises:
        DataError: too few rows to compare.
    """
    count = min(room(real, stand_in), len(made))
    if count <= NEIGHBOURS:
        raise DataError(
            f"Samples are compared with {NEIGHBOURS + 1} real rows at least; got {count}: hold "
            "more rows out."
        )
    sets = [features(some(np.asarray(rows), count, seed)) for rows in (real, stand_in, made)]
    return Compared(count, likeness(sets[0], sets[2]), likeness(sets[0], sets[1]))
