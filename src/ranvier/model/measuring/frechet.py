"""How far apart two sets of rows lie: the Fréchet distance of the Gaussians that fit them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.errors import DataError
from ranvier.model.measuring.rows import Array, paired


def frechet(one: Any, other: Any) -> float:
    """The squared Fréchet distance (Heusel et al. 2017), in the features' own units.

    |m₁ − m₂|² + tr(S₁ + S₂ − 2 (S₁ S₂)^½), of the means m and the covariances S. With Sᵢ = RᵢᵀRᵢ
    the trace of the root is the sum of the singular values of R₁R₂ᵀ: no covariance is squared up
    or rooted, and fewer rows than features do no harm to the arithmetic.

    Few rows make any two sets look farther apart than they are: compare only distances that were
    measured with as many rows.

    Args:
        one: (N, features), numbers.
        other: (M, features).

    Raises:
        DataError: fewer than two rows, another number of features, or no numbers.
    """
    left, right = paired(one, other, ("features", "other features"))
    if min(len(left), len(right)) < 2:
        raise DataError(
            "A Fréchet distance needs two rows on each side at least; got "
            f"{len(left)} and {len(right)}."
        )
    gap = left.mean(axis=0) - right.mean(axis=0)
    roots = _root(left), _root(right)
    spread = sum(float(np.square(root).sum()) for root in roots)  # the traces of both covariances
    common = float(np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum())
    return max(0.0, float(gap @ gap) + spread - 2.0 * common)


def _root(rows: Array) -> Array:
    """R, (at most N, features), with RᵀR the covariance."""
    centred = (rows - rows.mean(axis=0)) / np.sqrt(len(rows) - 1)
    return np.asarray(np.linalg.qr(centred, mode="r"))
