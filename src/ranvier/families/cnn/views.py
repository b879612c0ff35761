"""Predicting by the mean over a few views of a picture, as airbench does (Jordan 2024)."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import nnx


class Views(nnx.Module):
    """The picture, its mirror image, and both moved by a pixel: what it was trained to see alike.

    While training, a picture is seen once, as it is.
    """

    def __init__(self, *, mirrored: bool, moved: bool) -> None:
        self.mirrored, self.moved = mirrored, moved
        self.deterministic = False

    def __call__(self, logits: Callable[[jax.Array], jax.Array], x: jax.Array) -> jax.Array:
        """The mean of the logits (batch, units) over the views of (batch, ..., channels)."""
        if not self.deterministic:
            return logits(x)
        total = self._around(logits, x)
        if self.mirrored:
            total = 0.5 * (total + self._around(logits, jnp.flip(x, axis=2)))
        return total

    def _around(self, logits: Callable[[jax.Array], jax.Array], x: jax.Array) -> jax.Array:
        """The picture where it is, and moved a little either way, which count half."""
        here = logits(x)
        if not self.moved:
            return here
        return 0.5 * here + 0.25 * (logits(moved(x, -1)) + logits(moved(x, 1)))


def moved(x: jax.Array, by: int) -> jax.Array:
    """Moved by a pixel along each axis; the edge is repeated."""
    axes = range(1, x.ndim - 1)
    padded = jnp.pad(x, [(1, 1) if axis in axes else (0, 0) for axis in range(x.ndim)], mode="edge")
    for axis in axes:
        padded = jax.lax.slice_in_dim(padded, 1 + by, 1 + by + x.shape[axis], axis=axis)
    return padded
