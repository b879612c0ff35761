"""Rows of different lengths, whose padding lies at their end: which steps are real."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def is_real(x: jax.Array, lengths: jax.Array) -> jax.Array:
    """Which steps of (batch, steps, ...) are no padding: bool (batch, steps, 1)."""
    positions = jax.lax.broadcasted_iota(jnp.int32, x.shape[:2], 1)
    return (positions < lengths[:, None])[..., None]


def masked_mean(x: jax.Array, lengths: jax.Array | None) -> jax.Array:
    """The mean over the real steps: (batch, steps, width) to (batch, width)."""
    if lengths is None:
        return jnp.mean(x, axis=1)
    total = jnp.sum(jnp.where(is_real(x, lengths), x, 0), axis=1)
    return total / jnp.maximum(lengths, 1)[:, None].astype(x.dtype)
