"""The dense layer, and what sees the columns beside a picture, a sequence or a text."""

from __future__ import annotations

from collections.abc import Mapping

import jax
from flax import nnx

from ranvier.layers.activations import ACTIVATIONS, kernel_initialiser
from ranvier.layers.table_input import TableInput, input_width
from ranvier.specification import InputSpec

BESIDE = 64  # neurons that see the columns beside


class Dense(nnx.Module):
    """Weighted sum, bias and activation."""

    def __init__(self, n_in: int, n: int, activation: str, *, rngs: nnx.Rngs) -> None:
        self.linear = nnx.Linear(n_in, n, kernel_init=kernel_initialiser(activation), rngs=rngs)
        self.activation = activation

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, ..., n_in) to (batch, ..., n)."""
        return ACTIVATIONS[self.activation](self.linear(x))


class Beside(nnx.Module):
    """The columns beside each row, through a dense layer of their own."""

    def __init__(self, inputs: InputSpec, activation: str, *, rngs: nnx.Rngs) -> None:
        self.table = TableInput(inputs, rngs=rngs)
        self.dense = Dense(input_width(inputs), BESIDE, activation, rngs=rngs)

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """(batch, BESIDE)."""
        return self.dense(self.table(inputs))
