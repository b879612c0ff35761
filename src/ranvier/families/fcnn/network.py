"""The fully connected network: every neuron of a layer sees every output of the layer before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.fcnn.tails import LinearTails
from ranvier.layers.activations import ACTIVATIONS, ParametricActivation, kernel_initialiser
from ranvier.layers.dropout import Dropout
from ranvier.layers.feature_scale import FeatureScale
from ranvier.layers.normalization import make_normalization
from ranvier.layers.numeric_embedding import PeriodicEmbedding, width
from ranvier.layers.table_input import TableInput, input_width
from ranvier.specification import InputSpec, OutputSpec

# The NTK parametrisation: a layer of so many inputs learns at the learning rate itself.
REFERENCE_WIDTH = 256
BIAS_RATE = 1.6  # RealMLP's 0.1 times its rate of one input, the root of the reference
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

    def __call__(self, rngs: nnx.Rngs) -> FCNNNetwork:
        """A network with fresh weights."""
        return FCNNNetwork(self, rngs=rngs)


class FCNNNetwork(nnx.Module):
    """Input layer, hidden layers, output layer."""

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
            [HiddenLayer(shape, n_in, n, rngs=rngs) for n_in, n in pairwise(widths)]
        )
        self.output = _dense(
            shape, widths[-1], shape.outputs.units, nnx.initializers.glorot_uniform(), rngs
        )
        tails = shape.linear_tails and self.numbers > 0
        self.tails = LinearTails(self.numbers, shape.outputs.units, rngs=rngs) if tails else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units)."""
        return self.above_input(self.input(inputs))

    def above_input(self, x: jax.Array) -> jax.Array:
        """From the table's numbers (batch, input width) to logits (batch, units)."""
        logits = self.below_tails(x)
        return logits if self.tails is None else logits + self.tails(x[:, : self.numbers])

    def below_tails(self, x: jax.Array) -> jax.Array:
        """The same without the linear tails."""
        x = self.encoded(x)
        for layer in self.hidden:
            x = layer(x)  # (batch, layer width)
        return self.output(x)  # (batch, units)

    def encoded(self, x: jax.Array) -> jax.Array:
        """What the first hidden layer sees of the table's numbers (batch, input width)."""
        if self.embedding is not None:
            rest = x[:, self.numbers :]  # one-hot codes and embeddings
            x = jnp.concatenate([self.embedding(x[:, : self.numbers]), rest], axis=1)
        return x if self.scale is None else self.scale(x)


class HiddenLayer(nnx.Module):
    """Weighted sum and bias, then normalisation, activation, dropout where they are wanted."""

    def __init__(self, shape: FCNNBuilder, n_in: int, n: int, *, rngs: nnx.Rngs) -> None:
        self.dense = _dense(shape, n_in, n, kernel_initialiser(shape.activation), rngs)
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


def _within_one(key: jax.Array, shape: Any, dtype: Any = jnp.float32, **_: Any) -> jax.Array:
    """Biases from -1 to 1, which puts the neurons' kinks within the data, as RealMLP's are."""
    return jax.random.uniform(key, shape, dtype, -1.0, 1.0)


def _dense(shape: FCNNBuilder, n_in: int, n: int, initialiser: Any, rngs: nnx.Rngs) -> nnx.Linear:
    """Weighted sums and biases.

    The NTK parametrisation (Jacot et al. 2018) divides weights of unit variance by the root of
    the layer's inputs. For Adam that is the same as the weights themselves at a rate divided by
    that root, whose decay is not divided; so the weights stay what the neuron multiplies by.
    """
    if shape.parametrization == "standard":
        return nnx.Linear(n_in, n, kernel_init=initialiser, rngs=rngs)
    return nnx.Linear(
        n_in,
        n,
        kernel_init=nnx.initializers.lecun_uniform(),  # compiles faster than a normal one
        bias_init=_within_one,
        kernel_metadata={"rate": (REFERENCE_WIDTH / n_in) ** 0.5, "decay": n_in**0.5},
        bias_metadata={"rate": BIAS_RATE, "decay": 0.0},
        rngs=rngs,
    )
