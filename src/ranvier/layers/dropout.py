"""Dropout whose rate is a number of the run, not of the program."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.hashing import uniform
from ranvier.training.blueprint import Setting


class Dropout(nnx.Module):
    """Zeroes each unit with probability `rate` while training (Srivastava et al. 2014)."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.rate = Setting(jnp.float32(0.0), hyperparameter="dropout")
        self.deterministic = False
        self.rngs = rngs.default.fork()

    def __call__(self, x: jax.Array) -> jax.Array:
        """Same shape and dtype as `x`."""
        if self.deterministic:
            return x
        keep = 1.0 - self.rate[...]
        # 16 random bits per unit decide: half the work, and a rate is met to 1 in 65,536.
        bits = jax.random.bits(self.rngs(), x.shape, jnp.uint16)
        kept = bits.astype(jnp.float32) < keep * 65536.0
        return jnp.where(kept, x / keep.astype(x.dtype), jnp.zeros((), x.dtype))


def dropped(x: jax.Array, rate: jax.Array, key: jax.Array, place: int = 0) -> jax.Array:
    """The same by a hash instead of JAX's generator, which costs more than a small layer.

    Args:
        x: of any shape.
        rate: scalar, the probability of each zero.
        key: of this step and layer.
        place: no two in a layer draw the same numbers.
    """
    keep = 1.0 - rate
    kept = uniform(key, place, x.shape) < keep
    return jnp.where(kept, x / keep.astype(x.dtype), jnp.zeros((), x.dtype))
