"""The fully connected network: every neuron of a layer sees every output of the layer before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.fcnn.dense import dense, start_of
from ranvier.families.fcnn.members import Heads, SharedDense, Together, signs, spread
from ranvier.families.fcnn.tails import LinearTails
from ranvier.layers.activations import ACTIVATIONS, ParametricActivation, kernel_initialiser
from ranvier.layers.dropout import Dropout
from ranvier.layers.feature_scale import FeatureScale
from ranvier.layers.normalization import make_normalization
from ranvier.layers.numeric_embedding import PeriodicEmbedding, width
from ranvier.layers.table_input import TableInput, input_width
from ranvier.specification import InputSpec, OutputSpec

WIDEST_PERIODIC = 48  # numbers; beyond it waves cost more than they bring


def input_layer(chosen: str, inputs: InputSpec) -> str:
    """What "auto" means for a table."""
    if chosen != "auto":
        return chosen
    return "periodic" if inputs.numeric <= WIDEST_PERIODIC else "plain"


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
    activation_rate: float = 0.0
    input_layer: str = "plain"
    parametrization: str = "standard"
    linear_tails: bool = False
    members: int = 1

    def __call__(self, rngs: nnx.Rngs) -> FCNNNetwork:
        """A network with fresh weights."""
        return FCNNNetwork(self, rngs=rngs)


class FCNNNetwork(nnx.Module):
    """Input layer, hidden layers, output layer; many members have the input layer in common."""

    def __init__(self, shape: FCNNBuilder, *, rngs: nnx.Rngs) -> None:
        self.numbers = shape.inputs.numeric
        n_in = input_width(shape.inputs)
        self.input = TableInput(shape.inputs, rngs=rngs)
        periodic = shape.input_layer == "periodic" and self.numbers > 0
        self.embedding = PeriodicEmbedding(self.numbers, rngs=rngs) if periodic else None
        n_in += width(self.numbers) - self.numbers if periodic else 0
        self.scale = None if shape.input_layer == "plain" else FeatureScale(n_in, rngs=rngs)
        widths = (n_in, *shape.hidden)
        self.hidden = nnx.List(
            [
                HiddenLayer(shape, n_in, n, first=number == 0, rngs=rngs)
                for number, (n_in, n) in enumerate(pairwise(widths))
            ]
        )
        start = start_of(shape.parametrization, widths[-1], nnx.initializers.glorot_uniform())
        units, self.members = shape.outputs.units, shape.members
        if self.members == 1:
            self.output: nnx.Linear | Heads = dense(widths[-1], units, start, rngs)
            self.together = None
        else:
            self.output = Heads(widths[-1], units, self.members, start, rngs=rngs)
            self.together = Together(shape.outputs.activation)
        tails = shape.linear_tails and self.numbers > 0
        self.tails = LinearTails(self.numbers, shape.outputs.units, rngs=rngs) if tails else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units); (batch, members, units) in training with many members."""
        return self.above_input(self.input(inputs))

    def above_input(self, x: jax.Array) -> jax.Array:
        """From the table's numbers (batch, input width) to logits as `__call__` gives them."""
        logits = self.below_tails(x)
        if self.tails is None:
            return logits
        tails = self.tails(x[:, : self.numbers])  # (batch, units)
        return logits + (tails if logits.ndim == 2 else tails[:, None])

    def below_tails(self, x: jax.Array) -> jax.Array:
        """The same without the linear tails."""
        x = self.encoded(x)
        if self.members > 1:
            x = spread(x, self.members)  # (batch * members, width)
        for layer in self.hidden:
            x = layer(x)  # (batch, layer width)
        logits: jax.Array = self.output(x)
        return logits if self.together is None else self.together(logits)

    def encoded(self, x: jax.Array) -> jax.Array:
        """What the first hidden layer sees of the table's numbers (batch, input width)."""
        if self.embedding is not None:
            rest = x[:, self.numbers :]  # one-hot codes and embeddings
            x = jnp.concatenate([self.embedding(x[:, : self.numbers]), rest], axis=1)
        return x if self.scale is None else self.scale(x)


class HiddenLayer(nnx.Module):
    """Weighted sum and bias, then normalisation, activation, dropout where they are wanted."""

    def __init__(
        self, shape: FCNNBuilder, n_in: int, n: int, *, first: bool, rngs: nnx.Rngs
    ) -> None:
        start = start_of(shape.parametrization, n_in, kernel_initialiser(shape.activation))
        if shape.members == 1:
            self.dense: nnx.Linear | SharedDense = dense(n_in, n, start, rngs)
        else:
            factors = signs if first else nnx.initializers.ones
            self.dense = SharedDense(n_in, n, shape.members, start, factors=factors, rngs=rngs)
        self.normalization = make_normalization(shape.normalization, n, rngs=rngs)
        self.activation = shape.activation
        self.share = (
            ParametricActivation(n, shape.activation_rate) if shape.activation_rate else None
        )
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None
        self.residual = shape.residual and n_in == n

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, n_in) to (batch, n)."""
        y = self.dense(x)
        if self.normalization is not None:
            y = self.normalization(y)
        activated = ACTIVATIONS[self.activation](y)
        y = activated if self.share is None else self.share(y, activated)
        if self.dropout is not None:
            y = self.dropout(y)
        return x + y if self.residual else y
