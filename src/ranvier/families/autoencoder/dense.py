"""To the code and back by dense layers: tables, and pictures without convolutions."""

from __future__ import annotations

from itertools import pairwise

import jax
from flax import nnx

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.rows import flat, unflat
from ranvier.layers.dense import Dense


class Chain(nnx.Module):
    """Dense layers, one behind the other.

    Attributes:
        width: of what comes out.
    """

    def __init__(self, widths: tuple[int, ...], activation: str, *, rngs: nnx.Rngs) -> None:
        self.layers = nnx.List(
            [Dense(n_in, n, activation, rngs=rngs) for n_in, n in pairwise(widths)]
        )
        self.width = widths[-1]

    @property
    def first(self) -> nnx.Param[jax.Array] | None:
        """The kernel of the first layer; None without layers."""
        return self.layers[0].linear.kernel if len(self.layers) else None

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, first width) to (batch, last width)."""
        for layer in self.layers:
            x = layer(x)
        return x


class DenseEncoder(nnx.Module):
    """From rows to features of them."""

    def __init__(self, shape: AutoencoderBuilder, *, rngs: nnx.Rngs) -> None:
        self.numbers = shape.numbers
        self.hidden = Chain((shape.numbers, *shape.hidden), shape.activation, rngs=rngs)
        self.width = self.hidden.width

    def __call__(self, x: jax.Array, lengths: jax.Array | None = None) -> jax.Array:
        """(batch, ...) to (batch, width)."""
        del lengths
        return self.hidden(flat(x, self.numbers))


class DenseDecoder(nnx.Module):
    """From codes to rows."""

    def __init__(self, shape: AutoencoderBuilder, *, rngs: nnx.Rngs) -> None:
        self.shape = shape.shape
        self.hidden = Chain(
            (shape.dimensions, *reversed(shape.hidden)), shape.activation, rngs=rngs
        )
        self.output = nnx.Linear(
            self.hidden.width, shape.numbers, kernel_init=last_start(shape), rngs=rngs
        )

    @property
    def first(self) -> nnx.Param[jax.Array]:
        """The kernel that reads the code."""
        return self.hidden.first or self.output.kernel

    def __call__(self, code: jax.Array, steps: int) -> jax.Array:
        """(batch, dimensions) to (batch, ...)."""
        del steps
        return unflat(self.output(self.hidden(code)), self.shape)


def last_start(shape: AutoencoderBuilder) -> jax.nn.initializers.Initializer:
    """Of the last layer of each half: nothing beside a linear way, which does the work at first."""
    return nnx.initializers.zeros if shape.linear else nnx.initializers.glorot_uniform()
