"""What is kept of a row in few numbers, beside principal components of the same number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import DataError
from ranvier.model.measuring.rows import Array, flat, paired, some

MOST_ROWS = 20_000  # by which components are found or neighbours sought


@dataclass(frozen=True)
class Components:
    """Principal components (Pearson 1901) as an autoencoder without hidden layers.

    Attributes:
        middle: float64 (numbers,).
        directions: float64 (dimensions, numbers), orthonormal.
    """

    middle: Array
    directions: Array

    @classmethod
    def fitted(cls, rows: Any, dimensions: int) -> Components:
        """Those of rows (N, ...); never more than rows or numbers allow.

        Raises:
            DataError: the rows are no numbers, or there are none.
        """
        from sklearn.decomposition import PCA

        wide = flat(some(np.asarray(rows), MOST_ROWS))
        count = max(1, min(dimensions, *wide.shape))
        found = PCA(count, random_state=0).fit(wide)
        return cls(found.mean_, found.components_)

    def transform(self, rows: Any) -> Array:
        """Float64 (N, dimensions)."""
        codes: Array = (flat(rows) - self.middle) @ self.directions.T
        return codes

    def reconstruct(self, rows: Any) -> Array:
        """Float64 (N, numbers): the rows as far as the components hold them."""
        again: Array = self.transform(rows) @ self.directions + self.middle
        return again

    def errors(self, rows: Any) -> Array:
        """Float64 (N,): the mean squared error of each row, which tells odd ones."""
        return errors(rows, self.reconstruct(rows))


def errors(rows: Any, again: Any) -> Array:
    """Float64 (N,): the mean squared error of each row's reconstruction.

    Raises:
        DataError: rows of another number or width.
    """
    one, other = paired(rows, again, ("rows", "reconstructions"))
    if len(one) != len(other):
        raise DataError(
            f"There must be a reconstruction for each of {len(one):,} rows; got {len(other):,}."
        )
    return np.asarray(np.square(one - other).mean(axis=1))


def neighbour_accuracy(
    codes: Any, labels: Any, test_codes: Any, test_labels: Any, neighbours: int = 5
) -> float:
    """How often the nearest rows in the latent space name the right class.

    Args:
        codes: (N, dimensions) of rows with known labels (N,).
        labels: any classes.
        test_codes: (M, dimensions) of the rows that are asked about.
        test_labels: (M,), the truth.
        neighbours: how many have a vote.

    Raises:
        DataError: the codes are no numbers, or differ in width.
    """
    from sklearn.neighbors import KNeighborsClassifier

    known, asked = paired(codes, test_codes, ("codes", "codes asked about"))
    names, truth = np.asarray(labels).astype(str), np.asarray(test_labels).astype(str)
    chosen = some(np.arange(len(known)), MOST_ROWS)
    voting = KNeighborsClassifier(min(neighbours, len(chosen)))
    found = voting.fit(known[chosen], names[chosen]).predict(asked)
    return float(np.mean(found == truth))
