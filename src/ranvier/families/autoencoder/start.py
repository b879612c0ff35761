"""Where the linear way begins: at the principal components of the training rows."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.rows import RowInput, flat
from ranvier.training.feeds import Rows, Weights

MOST_NUMBERS = 1 << 24  # of the rows that the components are taken from
WIDEST = 2048  # numbers of a row whose covariance is taken; of wider ones, that of some rows
LEAST_SHARE = 1e-7  # of the largest variance: below it there is nothing but rounding

Array = np.ndarray[Any, Any]


def begun(
    shape: AutoencoderBuilder, rows: Rows, weights: Weights | None = None
) -> dict[str, Array]:
    """Parameters by path. Codes have a mean of 0 and, over all their numbers, a variance of 1.

    Each number of a variational code has a variance of 1; the numbers of others keep their
    proportions, so that distances between codes are those between rows.

    Args:
        shape: of the network.
        rows: those that train, encoded.
        weights: (N,) how much each counts; None: all alike.
    """
    x, shares, lengths = sample(shape, rows, weights)
    mean, usual = shares @ x, np.array([shares @ lengths])
    given: dict[str, Array] = {}
    if shape.uneven:
        given["length/bias"] = usual.astype(np.float32)
    if not shape.linear or len(x) < 2:
        return given
    x = (x - mean) * np.sqrt(shares)[:, None]  # so that the covariance is x.T @ x
    directions, variances = principal(x, shape.dimensions)
    scale = np.sqrt(variances)
    if not shape.noisy:
        scale = np.full_like(scale, np.sqrt(variances.mean()))
    scale = np.where(scale > 0, scale, 1.0)
    down = directions / scale  # (numbers, components)
    up = (directions * scale).T
    missing = shape.dimensions - down.shape[1]
    down, up = np.pad(down, ((0, 0), (0, missing))), np.pad(up, ((0, missing), (0, 0)))
    given |= {
        "down/kernel": down,
        "down/bias": -mean @ down,
        "up/kernel": up,
        "up/bias": mean,
    }
    if shape.uneven:
        codes, told = x @ down, (lengths - usual) * np.sqrt(shares)
        given["length/kernel"] = np.linalg.lstsq(codes, told[:, None], rcond=1e-6)[0]
    if shape.noisy:
        given |= _spread(variances, float((x**2).sum()), shape)
    return {path: np.asarray(value, np.float32) for path, value in given.items()}


def _spread(variances: Array, total: float, shape: AutoencoderBuilder) -> dict[str, Array]:
    """What probabilistic components have as noise and as the spread of their codes.

    Tipping and Bishop 1999, "Probabilistic Principal Component Analysis".
    """
    left = max(total - variances.sum(), 1e-4 * total, 1e-8) / shape.numbers
    spread = np.clip(left / np.maximum(variances, left), 1e-6, 1.0)
    missing = shape.dimensions - len(variances)
    logs = np.pad(np.log(spread), (0, missing))
    return {"code/log_variance": np.array([np.log(left)]), "code/spread/bias": logs}


def principal(x: Array, count: int) -> tuple[Array, Array]:
    """Directions of largest variance.

    Args:
        x: float64 (N, numbers), of mean 0, whose covariance is x.T @ x.
        count: how many, at most.

    Returns:
        (numbers, found) of length 1, found at most `count`; and their variances, descending.
    """
    if len(x) > x.shape[1] or x.shape[1] <= WIDEST:
        values, vectors = np.linalg.eigh(x.T @ x)
        directions = vectors[:, ::-1][:, :count]
    else:  # of fewer rows than numbers: their products with one another say the same
        some = x[np.linspace(0, len(x) - 1, min(len(x), WIDEST)).astype(np.int64)]
        values, vectors = np.linalg.eigh(some @ some.T * (len(x) / len(some)))
        lengths = np.sqrt(np.maximum(values * len(some) / len(x), 1e-300))
        directions = (some.T @ vectors / lengths)[:, ::-1][:, :count]
    values = values[::-1][:count]
    kept = values > LEAST_SHARE * max(float(values[0]), 1e-300)
    kept[0] = True
    directions, values = directions[:, kept], np.maximum(values[kept], 0.0)
    # A direction and its opposite are the same: the largest part points up.
    largest = np.abs(directions).argmax(axis=0)
    signs = np.where(directions[largest, np.arange(directions.shape[1])] < 0, -1.0, 1.0)
    return directions * signs, values


def sample(
    shape: AutoencoderBuilder, rows: Rows, weights: Weights | None = None
) -> tuple[Array, Array, Array]:
    """Some of the training rows, evenly spaced: float64 (N, numbers) in standardised units.

    Beside them (N,): what each counts, which adds up to 1; and (N,): how long each is, as a share
    of the longest.
    """
    count = max(1, min(len(rows), MOST_NUMBERS // shape.numbers))
    some = np.linspace(0, len(rows) - 1, count).astype(np.int32)
    inputs = jax.tree.map(np.asarray, rows.take(some)["inputs"])
    x = RowInput(shape)({name: jnp.asarray(value) for name, value in inputs.items()})
    shares = np.ones(count) if weights is None else weights[some]
    lengths = inputs.get("lengths", np.full(count, shape.shape[0])) / shape.shape[0]
    return np.asarray(flat(x, shape.numbers), np.float64), shares / shares.sum(), lengths
