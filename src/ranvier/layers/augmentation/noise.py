"""Gaussian noise for a whole batch."""

from __future__ import annotations

import math

import jax
from jax import lax

from ranvier.layers.augmentation.draws import NOISE
from ranvier.layers.hashing import uniform


def add_noise(batch: jax.Array, deviation: float, key: jax.Array) -> jax.Array:
    """Float of any shape, plus noise of this standard deviation."""
    numbers = 2 * uniform(key, NOISE, batch.shape) - 1
    normal = lax.erf_inv(numbers) * (math.sqrt(2.0) * deviation)
    return batch + normal.astype(batch.dtype)
