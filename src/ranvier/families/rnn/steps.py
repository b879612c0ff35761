"""The input layers of sequences and of texts: numbers as they are, tokens as learned vectors."""

from __future__ import annotations

from collections.abc import Mapping

import jax
from flax import nnx

from ranvier.families.rnn.builder import RNNBuilder
from ranvier.layers.dropout import Dropout
from ranvier.layers.lookup import looked_up


class StepInput(nnx.Module):
    """Steps of numbers, as they come."""

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """(batch, steps, channels)."""
        return inputs["steps"]


class TokenInput(nnx.Module):
    """A learned vector for each token (Bengio et al. 2003).

    Attributes:
        table: float32 (vocabulary, embedding); padding stays the zero vector.
    """

    def __init__(self, shape: RNNBuilder, *, rngs: nnx.Rngs) -> None:
        size = (shape.inputs.vocabulary, shape.embedding)
        table = 0.1 * jax.random.normal(rngs.params(), size)
        self.table = nnx.Param(table.at[0].set(0.0), decay=0.0)
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """(batch, steps, embedding)."""
        x = looked_up(self.table[...], inputs["tokens"])
        return x if self.dropout is None else self.dropout(x)
