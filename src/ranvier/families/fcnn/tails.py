"""What smooth clipping took from the numbers, as a weighted sum of its own."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.preprocessing.numeric import CLIP

RATE = 0.1  # of the network's learning rate: the largest of these numbers are a hundred times one
# 1 - (y / CLIP)^2 at the least: float32 tells numbers of up to CLIP / sqrt(this) = 300 apart.
LEAST = 1e-4


def excess(y: jax.Array) -> jax.Array:
    """z - y, for the y = z / sqrt(1 + (z / CLIP)^2) that preprocessing gives; |z| up to 300."""
    third = y * (1.0 / CLIP)
    return y * (jax.lax.rsqrt(jnp.maximum(1.0 - third * third, LEAST)) - 1.0)


class LinearTails(nnx.Module):
    """Adds to each output a weighted sum of what clipping took; its weights are 0 at first.

    Preprocessing squashes numbers to between -3 and 3, which keeps outliers from shaking the
    network but makes a delay of ten hours look like one of twenty. Where the target follows such
    a number to its end, only a path around the clipping can follow too. It is the wide part of
    "Wide & Deep Learning" (Cheng et al. 2016), for the tails alone.
    """

    def __init__(self, columns: int, units: int, *, rngs: nnx.Rngs) -> None:
        del rngs
        self.kernel = nnx.Param(jnp.zeros((columns, units)), rate=RATE, decay=0.0)

    def __call__(self, y: jax.Array) -> jax.Array:
        """Clipped numbers (batch, columns) to (batch, units)."""
        return excess(y) @ self.kernel[...].astype(y.dtype)
