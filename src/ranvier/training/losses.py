"""Losses on logits, one value per row, or per pixel where a picture is made.

Each takes logits of shape (batch, ..., units), float32, the target, and the label smoothing
(a scalar from 0 to 1, traced), and gives shape (batch, ...).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp


def binary_cross_entropy(logits: jax.Array, target: jax.Array, smoothing: jax.Array) -> jax.Array:
    """Cross-entropy of sigmoid units; target in {0, 1}, shape (batch, units); mean over units."""
    smoothed = target * (1.0 - smoothing) + 0.5 * smoothing
    return jnp.mean(jax.nn.softplus(logits) - smoothed * logits, axis=-1)


def cross_entropy(logits: jax.Array, target: jax.Array, smoothing: jax.Array) -> jax.Array:
    """Cross-entropy of softmax over the units; target whole numbers of shape (batch, ...).

    Label smoothing after Szegedy et al. 2016, "Rethinking the Inception Architecture".
    """
    log_p = jax.nn.log_softmax(logits, axis=-1)
    one_hot = jax.nn.one_hot(target, logits.shape[-1], dtype=logits.dtype)  # (batch, units)
    picked = jnp.sum(one_hot * log_p, axis=-1)
    return -(1.0 - smoothing) * picked - smoothing * jnp.mean(log_p, axis=-1)


def squared_error(logits: jax.Array, target: jax.Array, smoothing: jax.Array) -> jax.Array:
    """Squared error, mean over the units; target float32 of shape (batch, ..., units)."""
    del smoothing  # numbers have no classes to spread over
    return jnp.mean(jnp.square(logits - target), axis=-1)


LOSSES = {
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
    "squared_error": squared_error,
}
