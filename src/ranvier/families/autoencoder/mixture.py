"""From which codes are drawn where training does not make them normally distributed."""

from __future__ import annotations

import warnings
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import nnx

MOST_ROWS = 10_000  # that it is fitted on
LEAST = 1e-6  # variance that every Gaussian has in every direction, of the codes' mean variance
FEWEST_ROWS = 2
NARROWEST = 1e-3  # deviation where all rows are one

Array = np.ndarray[Any, Any]


class Mixture(nnx.Module):
    """Gaussians of full covariance, fitted to the training rows' codes once they are learned.

    Attributes:
        weights: float32 (components,), which add up to 1.
        means: float32 (components, dimensions).
        factors: float32 (components, dimensions, dimensions), lower triangular: L of the
            covariance L Lᵀ.
        error: float32 (1,), the mean squared error of rows that validate, or else that train.
    """

    def __init__(self, components: int, dimensions: int) -> None:
        self.weights = nnx.BatchStat(jnp.full(components, 1.0 / components))
        self.means = nnx.BatchStat(jnp.zeros((components, dimensions)))
        eye = jnp.eye(dimensions)
        self.factors = nnx.BatchStat(jnp.tile(eye[None], (components, 1, 1)))
        self.error = nnx.BatchStat(jnp.ones(1))


def fitted(codes: Array, components: int, seed: int) -> dict[str, Array]:
    """The arrays of a `Mixture` for codes (N, dimensions), by scikit-learn's GaussianMixture."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    codes = codes.astype(np.float64)
    if len(codes) > MOST_ROWS:
        codes = codes[np.linspace(0, len(codes) - 1, MOST_ROWS).astype(np.int64)]
    spread = float(codes.var(axis=0).mean())
    distinct = len(np.unique(codes, axis=0))
    count = max(1, min(components, distinct // 2))
    if len(codes) < FEWEST_ROWS or not spread > 0:
        weights, means = np.ones(1), codes[:1]
        factors = NARROWEST * np.eye(codes.shape[1])[None]
    else:
        mixture = GaussianMixture(
            count, reg_covar=LEAST * spread, init_params="k-means++", random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(codes)
        weights, means = mixture.weights_, mixture.means_
        factors = np.linalg.cholesky(mixture.covariances_)
    # Fewer Gaussians than the network has room for: the others are never drawn.
    room = components - len(weights)
    found = {
        "weights": np.pad(weights / weights.sum(), (0, room)),
        "means": np.pad(means, ((0, room), (0, 0))),
        "factors": np.pad(factors, ((0, room), (0, 0), (0, 0))),
    }
    return {name: array.astype(np.float32) for name, array in found.items()}


def draw(mixture: dict[str, Array], count: int, seed: int) -> Array:
    """Codes, float32 (count, dimensions)."""
    generator = np.random.default_rng(seed)
    weights = mixture["weights"].astype(np.float64)
    chosen = generator.choice(len(weights), count, p=weights / weights.sum())
    normal = generator.standard_normal((count, mixture["means"].shape[1]))
    away = np.einsum("nij,nj->ni", mixture["factors"][chosen], normal)
    codes: Array = (mixture["means"][chosen] + away).astype(np.float32)
    return codes


def log_density(mixture: dict[str, Array], codes: Array) -> Array:
    """Float64 (N,): of codes (N, dimensions), in nats."""
    from scipy.linalg import solve_triangular
    from scipy.special import logsumexp

    used = np.flatnonzero(mixture["weights"] > 0)
    parts = np.empty((len(codes), len(used)))
    for column, number in enumerate(used):
        factor = mixture["factors"][number].astype(np.float64)
        away = codes.astype(np.float64) - mixture["means"][number]
        normal = solve_triangular(factor, away.T, lower=True)  # (dimensions, N)
        volume = np.log(np.diag(factor)).sum() + 0.5 * codes.shape[1] * np.log(2.0 * np.pi)
        parts[:, column] = np.log(mixture["weights"][number]) - volume
        parts[:, column] -= 0.5 * np.square(normal).sum(axis=0)
    found: Array = logsumexp(parts, axis=1)
    return found


def usual(mixture: dict[str, Array], codes: Array, errors: Array) -> Array:
    """How usual rows are, float64 (N,): by their codes, and by what their codes leave out.

    log p(z) - (dimensions / 2) error / usual error: both parts vary alike, so that neither drowns
    the other.
    """
    share = errors.astype(np.float64) / max(float(mixture["error"][0]), 1e-12)
    found: Array = log_density(mixture, codes) - 0.5 * codes.shape[1] * share
    return found
