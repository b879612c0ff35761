"""Numbers as periodic features, so that a smooth network can bend sharply along one column.

PBLD of RealMLP (Holzmüller, Grinsztajn and Steinwart 2024, "Better by Default"), after the
periodic embeddings of Gorishniy, Rubachev and Babenko 2022: for each column x by itself

    h = cos(2π (w x + b))      16 frequencies w and phases b of its own
    y = (x, V h + c)           the number itself and 3 combinations of them
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from flax import nnx

FREQUENCIES = 16
COMBINATIONS = 3
HIGHEST = 0.17  # of the first frequencies, in turns per unit of the scaled column
RATE = 1.6  # of the network's learning rate


# sin(π r) for r from -1/2 to 1/2: the Taylor series, whose error there is below 1e-7
_SINE = [(-1) ** n * math.pi ** (2 * n + 1) / math.factorial(2 * n + 1) for n in range(7)]


def cosine_of_turns(turns: jax.Array) -> jax.Array:
    """cos(2π turns), to 1e-6 in float32 and with exact derivatives of what it computes.

    Whole turns are taken off first, so a short polynomial is enough.
    """
    r = turns - jnp.round(turns)
    square = r * r
    sine = jnp.full_like(r, _SINE[-1])
    for coefficient in reversed(_SINE[:-1]):
        sine = sine * square + coefficient
    sine = sine * r  # sin(π r)
    return 1.0 - 2.0 * sine * sine


class PeriodicEmbedding(nnx.Module):
    """(batch, columns) to (batch, 4 * columns): first the numbers, then their combinations."""

    def __init__(self, columns: int, *, rngs: nnx.Rngs) -> None:
        def draw(low: float, high: float, *shape: int) -> jax.Array:
            return jax.random.uniform(rngs.params(), shape, minval=low, maxval=high)

        bound = FREQUENCIES**-0.5
        frequencies = draw(-HIGHEST, HIGHEST, columns, FREQUENCIES)
        phases = draw(-0.5, 0.5, columns, FREQUENCIES)
        mixing = draw(-bound, bound, columns, FREQUENCIES, COMBINATIONS)
        offsets = draw(-bound, bound, columns, COMBINATIONS)
        self.frequencies = nnx.Param(frequencies, rate=RATE, decay=1.0)
        self.phases = nnx.Param(phases, rate=RATE / (2.0 * math.pi), decay=1.0)  # in turns
        self.mixing = nnx.Param(mixing, rate=RATE, decay=1.0)
        self.offsets = nnx.Param(offsets, rate=RATE, decay=1.0)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Float (batch, columns) to (batch, (1 + COMBINATIONS) * columns)."""
        turns = x[:, :, None] * self.frequencies[...][None]  # (batch, columns, frequencies)
        waves = cosine_of_turns(turns + self.phases[...][None])
        mixed = jnp.einsum("bck,ckm->bcm", waves, self.mixing[...]) + self.offsets[...][None]
        return jnp.concatenate([x, mixed.reshape(x.shape[0], -1)], axis=1)


def width(columns: int) -> int:
    """Outputs for so many columns."""
    return (1 + COMBINATIONS) * columns
