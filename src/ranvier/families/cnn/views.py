"""Predicting by the mean over a few views of a picture, as airbench does (Jordan 2024)."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import nnx


class Views(nnx.Module):
    """The picture, its mirror image where that is as good, and both moved by a pixel.

    While training, a picture is seen once, as it is.
    """

    def __init__(self, *, mirrored: bool) -> None:
        self.mirrored = mirrored
        self.deterministic = False

    def __call__(self, logits: Callable[[jax.Array], jax.Array], x: jax.Array) -> jax.Array:
        """The mean of the logits (batch, units) over the views of (batch, ..., channels)."""
        if not self.deterministic:
            return logits(x)
        seen = [(logits(x), 0.5)]
        for step in (-1, 1):
            seen.append((logits(moved(x, step)), 0.25))
        total = sum(weight * value for value, weight in seen)
        if self.mirrored:
            back = jnp.flip(x, axis=2)
            other = 0.5 * logits(back) + 0.25 * (logits(moved(back, -1)) + logits(moved(back, 1)))
            total = 0.5 * (total + other)
        assert not isinstance(total, (int, float))
        return total


def moved(x: jax.Array, by: int) -> jax.Array:
    """Moved by a pixel along each axis; the edge is repeated."""
    axes = range(1, x.ndim - 1)
    padded = jnp.pad(x, [(1, 1) if axis in axes else (0, 0) for axis in range(x.ndim)], mode="edge")
    for axis in axes:
        padded = jax.lax.slice_in_dim(padded, 1 + by, 1 + by + x.shape[axis], axis=axis)
    return padded
