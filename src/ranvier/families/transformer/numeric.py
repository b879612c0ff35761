"""Transformers over numbers: sequences, a label for each step, and the past of a series."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.sequential.forecasting.network import ForecastNetwork, step_width
from ranvier.families.transformer.builder import TransformerBuilder
from ranvier.families.transformer.language import encoded
from ranvier.families.transformer.network import Output
from ranvier.families.transformer.patches import Patches
from ranvier.families.transformer.pooling import pooled
from ranvier.families.transformer.stack import Stack, norms
from ranvier.layers.dense import BESIDE, Beside
from ranvier.layers.table_input import input_width


class NumericNetwork(nnx.Module):
    """Patches of steps, stack, pooling over the patches, output layer.

    Where each step has an answer a patch is one step, and nothing is pooled.

    Attributes:
        embed: from steps to patches.
        stack: what these go through.
        norm: behind the stack; None where norms stand behind the halves of a block.
    """

    def __init__(self, whole: TransformerBuilder, *, rngs: nnx.Rngs) -> None:
        shape, inputs = whole.shape, whole.inputs
        self.shape = shape
        self.embed = Patches(inputs.channels, shape, whole.patch, whole.places, rngs=rngs)
        self.stack = Stack(shape, rngs=rngs)
        self.norm = norms(shape) if shape.norm_place == "pre" else None
        tabled = input_width(inputs) > 0
        self.beside = Beside(inputs, "relu", rngs=rngs) if tabled else None
        self.head = Output(whole, shape.width + BESIDE * tabled, rngs=rngs)
        self.pooling = "" if whole.outputs.each_step else whole.pooling

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units); for an answer at each step (batch, steps, units)."""
        return self.above_input(self.input(inputs), inputs)

    def input(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """The steps as they come, (batch, steps, channels)."""
        return inputs["steps"]

    def above_input(self, x: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """From steps (batch, steps, channels) to logits."""
        x, lengths = self.embed(x, inputs.get("lengths"))  # (batch, patches, d)
        x = encoded(self, x, {} if lengths is None else {"lengths": lengths})
        if self.pooling:
            x = pooled(x, lengths, self.pooling)  # (batch, d)
        if self.beside is not None:
            columns = self.beside(inputs)  # (batch, BESIDE)
            if x.ndim == 3:
                columns = jnp.repeat(columns[:, None], x.shape[1], axis=1)
            x = jnp.concatenate([x, columns], axis=-1)
        return self.head(x)


class Past(nnx.Module):
    """One state of the past of a series; see `forecasting.network.Core`."""

    def __init__(self, whole: TransformerBuilder, *, rngs: nnx.Rngs) -> None:
        shape, numbers = whole.shape, step_width(whole.inputs)
        self.shape = shape
        self.embed = Patches(numbers, shape, whole.patch, whole.places, rngs=rngs)
        self.stack = Stack(shape, rngs=rngs)
        self.norm = norms(shape) if shape.norm_place == "pre" else None
        self.pooling, self.width = whole.pooling, shape.width

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, context, numbers of a step) to (batch, d)."""
        x, _ = self.embed(x)
        return pooled(encoded(self, x, {}), None, self.pooling)


def forecaster(whole: TransformerBuilder, *, rngs: nnx.Rngs) -> ForecastNetwork:
    """The network that continues series."""
    activation = "relu" if whole.shape.activation == "relu" else "gelu"
    return ForecastNetwork(
        whole.inputs,
        lambda rngs: Past(whole, rngs=rngs),
        activation,
        dropout=whole.shape.dropout,
        rngs=rngs,
    )
