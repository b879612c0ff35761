"""To the code and back step by step."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.dense import Chain, last_start
from ranvier.layers.dense import Dense
from ranvier.layers.recurrent import Recurrent

WAVES = 4  # pairs of sine and cosine that tell the decoder where it is


class SequenceEncoder(nnx.Module):
    """The last states of recurrent layers that read both ways, then dense layers."""

    def __init__(self, shape: AutoencoderBuilder, *, rngs: nnx.Rngs) -> None:
        channels, units = shape.shape[-1], shape.units
        self.forward = Recurrent(shape.cell, channels, units, rngs=rngs)
        self.backward = Recurrent(shape.cell, channels, units, reverse=True, rngs=rngs)
        self.hidden = Chain((2 * units, *shape.hidden), shape.activation, rngs=rngs)
        self.width = self.hidden.width

    def __call__(self, x: jax.Array, lengths: jax.Array | None = None) -> jax.Array:
        """(batch, steps, channels) to (batch, width)."""
        states = [layer.last(x, lengths) for layer in (self.forward, self.backward)]
        return self.hidden(jnp.concatenate(states, axis=1))


class SequenceDecoder(nnx.Module):
    """A recurrent layer that is told the code, and the place, at every step."""

    def __init__(self, shape: AutoencoderBuilder, *, rngs: nnx.Rngs) -> None:
        self.longest = shape.shape[0]
        widths = (shape.dimensions, *reversed(shape.hidden))
        self.hidden = Chain(widths, shape.activation, rngs=rngs)
        self.told = Dense(self.hidden.width, shape.units, shape.activation, rngs=rngs)
        self.recurrent = Recurrent(shape.cell, shape.units + 2 * WAVES, shape.units, rngs=rngs)
        self.output = nnx.Linear(
            shape.units, shape.shape[-1], kernel_init=last_start(shape), rngs=rngs
        )

    @property
    def first(self) -> nnx.Param[jax.Array]:
        """The kernel that reads the code."""
        return self.hidden.first or self.told.linear.kernel

    def __call__(self, code: jax.Array, steps: int) -> jax.Array:
        """(batch, dimensions) to (batch, steps, channels)."""
        told = self.told(self.hidden(code))  # (batch, units)
        batch, units = told.shape
        told = jnp.broadcast_to(told[:, None], (batch, steps, units))
        places = self._places(steps).astype(told.dtype)
        places = jnp.broadcast_to(places[None], (batch, *places.shape))
        states, _ = self.recurrent(jnp.concatenate([told, places], axis=2))
        made: jax.Array = self.output(states.reshape(batch * steps, -1))
        return made.reshape(batch, steps, -1)

    def _places(self, steps: int) -> jax.Array:
        """(steps, 2 WAVES): waves of one turn, two, four, ... over the longest row."""
        turns = jnp.arange(steps)[:, None] / self.longest * 2.0 ** jnp.arange(WAVES)[None]
        angles = jnp.pi * turns
        return jnp.concatenate([jnp.sin(angles), jnp.cos(angles)], axis=1)
