"""mixup: each row becomes a weighted mean of itself and its partner (Zhang et al. 2018).

The partner of a row is the row before it: batches are shuffled, so that is a random row, and
rolling a batch costs nothing beside a gather. The share is drawn for each row by itself.
With a row's loss L, the mixed loss is

    share L(logits, target) + (1 - share) L(logits, partners(target))
"""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.layers.augmentation.draws import MIXING
from ranvier.layers.hashing import uniform

POINTS = 513  # of the table of quantiles


def partners(rows: jax.Array) -> jax.Array:
    """The partner of each row: (batch, ...), rolled by one."""
    return jnp.roll(rows, 1, axis=0)


def mixup(alpha: float, inputs: jax.Array, key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The mixed inputs, and each row's own share.

    Args:
        alpha: of the Beta(α, α) distribution of the shares, above 0.
        inputs: float (batch, ...).
        key: a JAX key; `augment` may have the same, it draws other numbers.

    Returns:
        float (batch, ...), and the shares: float32 (batch,), from 0 to 1.
    """
    number = uniform(key, MIXING, inputs.shape[:1]) * (POINTS - 1)
    table = jnp.asarray(quantiles(alpha), jnp.float32)
    below = jnp.minimum(number.astype(jnp.int32), POINTS - 2)
    rest = number - below.astype(jnp.float32)
    share = (1 - rest) * table[below] + rest * table[below + 1]  # (batch,)
    weight = share.reshape((-1,) + (1,) * (inputs.ndim - 1)).astype(inputs.dtype)
    return weight * inputs + (1 - weight) * partners(inputs), share


@functools.cache
def quantiles(alpha: float) -> np.ndarray:
    """Quantiles of Beta(α, α) at POINTS equal steps from 0 to 1, float64.

    Drawing by rejection would be a loop in every step. With s = t^p and p = min(α, 1) the
    density up to one half, t^(α-1) (1-t)^(α-1) dt, becomes t^(α-p) (1-t)^(α-1) ds / p, which
    is bounded; the other half is its mirror image.
    """
    p = min(alpha, 1.0)
    s = np.linspace(0, 0.5**p, 20_001)
    t = s ** (1 / p)
    density = t ** (alpha - p) * (1 - t) ** (alpha - 1)
    mass = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    wanted = np.linspace(0, 0.5, POINTS // 2 + 1) * (2 * mass[-1])
    lower = np.interp(wanted, mass, s) ** (1 / p)
    return np.concatenate([lower, 1 - lower[-2::-1]])
