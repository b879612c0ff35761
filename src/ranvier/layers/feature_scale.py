"""A learned factor for each input, so that columns that do not help can be turned down."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

RATE = 96.0  # of the network's learning rate


class FeatureScale(nnx.Module):
    """Multiplies each input by a factor of its own, 1 at first.

    The scaling layer of RealMLP (Holzmüller, Grinsztajn and Steinwart 2024), whose factors
    learn a hundred times as fast as the weights of a layer of 256 inputs.
    """

    def __init__(self, width: int, *, rngs: nnx.Rngs) -> None:
        del rngs
        self.factors = nnx.Param(jnp.ones(width), rate=RATE, decay=1.0)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, width), as it came."""
        return x * self.factors[...][None]
