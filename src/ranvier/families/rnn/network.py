"""The recurrent network that gives a few numbers for a sequence or a text, or for each step."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.rnn.branches import Convolutions
from ranvier.families.rnn.builder import RNNBuilder
from ranvier.families.rnn.stack import Stack
from ranvier.families.rnn.steps import StepInput, TokenInput
from ranvier.layers.bag_of_words import BagOfWords
from ranvier.layers.dense import BESIDE, Beside, Dense
from ranvier.layers.dropout import Dropout
from ranvier.layers.table_input import input_width

OTHERS = 2.0  # how much the logits of another branch count beside those of the recurrent layers


class RNNNetwork(nnx.Module):
    """Steps or tokens, recurrent layers, pooling over the steps, dense layers, output layer.

    Where each step has an answer, nothing is pooled and the dense layers stand at every step.

    Branches that read the same steps in another way have output layers of their own. While
    training each learns by itself, (batch, branches, units); the prediction is their mean, in
    which the recurrent layers count once and the other branch `OTHERS` times.
    """

    def __init__(self, shape: RNNBuilder, *, rngs: nnx.Rngs) -> None:
        texts = shape.inputs.vocabulary > 0
        self.input = TokenInput(shape, rngs=rngs) if texts else StepInput()
        self.stack = Stack(shape, rngs=rngs)
        tabled = input_width(shape.inputs) > 0
        self.beside = Beside(shape.inputs, shape.activation, rngs=rngs) if tabled else None
        width = self.stack.width + BESIDE * tabled
        self.head = Head(shape, width, rngs=rngs)
        wide = bool(shape.convolutions) and not texts
        self.convolutions = Convolutions(shape, rngs=rngs) if wide else None
        sizes = (shape.inputs.vocabulary, shape.outputs.units)
        self.bag = BagOfWords(*sizes, rngs=rngs) if texts and shape.bag else None
        self.deterministic = False

    @property
    def share_of_other(self) -> float:
        """How much of the prediction comes from the branch beside the recurrent layers."""
        alone = self.convolutions is None and self.bag is None
        return 0.0 if alone else OTHERS / (1.0 + OTHERS)

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units); of several branches while training (batch, branches, units).

        For an answer at each step (batch, steps, units), and (batch, branches, steps, units).
        """
        return self.above_input(self.input(inputs), inputs)

    def above_input(self, x: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """From steps (batch, steps, width) to logits."""
        lengths = inputs.get("lengths")
        pooled = self.stack(x, lengths)  # (batch, width), or (batch, steps, width)
        if self.beside is not None:
            columns = self.beside(inputs)  # (batch, BESIDE)
            if pooled.ndim == 3:
                columns = jnp.repeat(columns[:, None], pooled.shape[1], axis=1)
            pooled = jnp.concatenate([pooled, columns], axis=-1)
        branches = [self.head(pooled)]
        if self.bag is not None:
            branches.append(self.bag(inputs))
        if self.convolutions is not None:
            branches.append(self.convolutions(x, lengths))
        if len(branches) == 1:
            return branches[0]
        if not self.deterministic:
            return jnp.stack(branches, axis=1)  # (batch, branches, ..., units)
        return (branches[0] + OTHERS * branches[1]) / (1.0 + OTHERS)


class Head(nnx.Module):
    """Dense layers and the output layer."""

    def __init__(self, shape: RNNBuilder, width: int, *, rngs: nnx.Rngs) -> None:
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None
        self.hidden = nnx.List(
            [Dense(n_in, n, shape.activation, rngs=rngs)
             for n_in, n in pairwise((width, *shape.hidden))]
        )  # fmt: skip
        self.output = nnx.Linear(
            (width, *shape.hidden)[-1],
            shape.outputs.units,
            kernel_init=nnx.initializers.glorot_uniform(),
            rngs=rngs,
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, ..., width) to logits (batch, ..., units)."""
        for layer in self.hidden:
            x = layer(x)
        if self.dropout is not None:
            x = self.dropout(x)
        logits: jax.Array = self.output(x)
        return logits
