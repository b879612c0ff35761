"""Random numbers from a hash of (key, stream, place).

Threefry, JAX's own generator, costs 8 to 14 ns a number on CPU, as much for noise as a small
network's first layer, and half a second of compiling; a hash fuses into the loop that reads it.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jax import lax


def uniform(key: jax.Array, stream: int, shape: tuple[int, ...]) -> jax.Array:
    """Float32: the middles of 2^23 equal steps from 0 to 1, never 0 or 1."""
    return ((_bits(key, stream, shape) >> 9).astype(jnp.float32) + 0.5) * 2.0**-23


def _bits(key: jax.Array, stream: int, shape: tuple[int, ...]) -> jax.Array:
    """uint32."""
    one, two = jax.random.key_data(key).ravel()[:2]
    one = _scrambled(one + jnp.uint32(stream))
    places = lax.iota(jnp.uint32, math.prod(shape)).reshape(shape)
    return _scrambled(_scrambled(places ^ one) + two)


def _scrambled(bits: jax.Array) -> jax.Array:
    """A bijection of uint32 in which each bit moves every other (Wellons 2018, "lowbias32")."""
    bits = (bits ^ (bits >> 16)) * jnp.uint32(0x7FEB352D)
    bits = (bits ^ (bits >> 15)) * jnp.uint32(0x846CA68B)
    return bits ^ (bits >> 16)
