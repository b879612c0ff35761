"""One vector of a text's many."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ranvier.layers.lengths import is_real, masked_mean

LEAST = -1e30  # below every number: padding is never the largest


def pooled(x: jax.Array, lengths: jax.Array | None, pooling: str) -> jax.Array:
    """The mean, the first ([CLS] of BERT), the last or the largest: (batch, d).

    Args:
        x: (batch, steps, d).
        lengths: int32 (batch,): how many steps of each row are real; None: all.
        pooling: one of `hyperparameters.POOLINGS`.
    """
    if pooling == "mean":
        return masked_mean(x, lengths)
    if pooling == "first":
        return x[:, 0]
    if pooling == "max":
        return jnp.max(x if lengths is None else jnp.where(is_real(x, lengths), x, LEAST), axis=1)
    if lengths is None:
        return x[:, -1]
    last = jnp.maximum(lengths - 1, 0)[:, None, None]
    return jnp.take_along_axis(x, last, axis=1)[:, 0]
