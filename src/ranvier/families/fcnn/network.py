"""The fully connected network: every neuron of a layer sees every output of the layer before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import jax
from flax import nnx

from ranvier.layers.activations import ACTIVATIONS, kernel_initialiser
from ranvier.layers.dropout import Dropout
from ranvier.layers.normalization import make_normalization
from ranvier.layers.table_input import TableInput, input_width
from ranvier.specification import InputSpec, OutputSpec


@dataclass(frozen=True)
class FCNNBuilder:
    """What shapes the network; equal builders share one compiled program."""

    inputs: InputSpec
    outputs: OutputSpec
    hidden: tuple[int, ...]
    activation: str
    normalization: str
    dropout: bool
    residual: bool

    def __call__(self, rngs: nnx.Rngs) -> FCNNNetwork:
        """A network with fresh weights."""
        return FCNNNetwork(self, rngs=rngs)


class FCNNNetwork(nnx.Module):
    """Input layer, hidden layers, output layer."""

    def __init__(self, shape: FCNNBuilder, *, rngs: nnx.Rngs) -> None:
        widths = (input_width(shape.inputs), *shape.hidden)
        self.input = TableInput(shape.inputs, rngs=rngs)
        self.hidden = nnx.List(
            [HiddenLayer(shape, n_in, n, rngs=rngs) for n_in, n in pairwise(widths)]
        )
        self.output = nnx.Linear(
            widths[-1],
            shape.outputs.units,
            kernel_init=nnx.initializers.glorot_uniform(),
            rngs=rngs,
        )

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units)."""
        return self.above_input(self.input(inputs))

    def above_input(self, x: jax.Array) -> jax.Array:
        """From the input layer's outputs (batch, input width) to logits (batch, units)."""
        for layer in self.hidden:
            x = layer(x)  # (batch, layer width)
        return self.output(x)  # (batch, units)


class HiddenLayer(nnx.Module):
    """Weighted sum and bias, then normalisation, activation, dropout where they are wanted."""

    def __init__(self, shape: FCNNBuilder, n_in: int, n: int, *, rngs: nnx.Rngs) -> None:
        self.dense = nnx.Linear(
            n_in, n, kernel_init=kernel_initialiser(shape.activation), rngs=rngs
        )
        self.normalization = make_normalization(shape.normalization, n, rngs=rngs)
        self.activation = shape.activation
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None
        self.residual = shape.residual and n_in == n

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, n_in) to (batch, n)."""
        y = self.dense(x)
        if self.normalization is not None:
            y = self.normalization(y)
        y = ACTIVATIONS[self.activation](y)
        if self.dropout is not None:
            y = self.dropout(y)
        return x + y if self.residual else y
