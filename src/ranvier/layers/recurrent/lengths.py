"""Rows of different lengths, whose padding lies at their end."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def masked(x: jax.Array, lengths: jax.Array) -> jax.Array:
    """(steps, batch, columns) with zeros behind each row's length, int32 (batch,)."""
    steps = jnp.arange(x.shape[0]).reshape(-1, 1, 1)
    return jnp.where(steps < lengths.reshape(1, -1, 1), x, 0)


@jax.custom_vjp
def turned(x: jax.Array, lengths: jax.Array) -> jax.Array:
    """Each row's real steps from the last to the first; its padding stays at the end, zero.

    Turning twice changes nothing, so the gradient is turned as well: without that, it would be
    scattered step by step.
    """
    steps = jnp.arange(x.shape[0]).reshape(-1, 1)
    places = jnp.maximum(lengths.reshape(1, -1) - 1 - steps, 0)  # (steps, batch)
    return masked(jnp.take_along_axis(x, places[..., None], axis=0), lengths)


def _forward(x: jax.Array, lengths: jax.Array) -> tuple[jax.Array, jax.Array]:
    return turned(x, lengths), lengths


def _backward(lengths: jax.Array, slope: jax.Array) -> tuple[jax.Array, Any]:
    return turned(slope, lengths), np.zeros(lengths.shape, jax.dtypes.float0)


turned.defvjp(_forward, _backward)
