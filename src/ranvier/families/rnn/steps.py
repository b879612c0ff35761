"""The input layers of sequences and of texts: numbers as they are, tokens as learned vectors."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.rnn.builder import RNNBuilder
from ranvier.layers.dropout import Dropout
from ranvier.preprocessing.tokenizing import UNKNOWN


class StepInput(nnx.Module):
    """Steps of numbers, with noise while training if asked for."""

    def __init__(self, shape: RNNBuilder, *, rngs: nnx.Rngs) -> None:
        self.noise = shape.noise
        self.rngs = rngs.default.fork() if shape.noise else None
        self.deterministic = False

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """(batch, steps, channels)."""
        x = inputs["steps"]
        if self.rngs is None or self.deterministic:
            return x
        return x + self.noise * jax.random.normal(self.rngs(), x.shape, x.dtype)


class TokenInput(nnx.Module):
    """A learned vector for each token (Bengio et al. 2003); tokens are hidden while training.

    Attributes:
        table: float32 (vocabulary, embedding); padding stays the zero vector.
    """

    def __init__(self, shape: RNNBuilder, *, rngs: nnx.Rngs) -> None:
        size = (shape.inputs.vocabulary, shape.embedding)
        table = 0.1 * jax.random.normal(rngs.params(), size)
        self.table = nnx.Param(table.at[0].set(0.0), decay=0.0)
        self.hiding = shape.token_dropout
        self.rngs = rngs.default.fork() if self.hiding else None
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None
        self.deterministic = False

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """(batch, steps, embedding)."""
        tokens = inputs["tokens"]
        if self.rngs is not None and not self.deterministic:
            hidden = jax.random.uniform(self.rngs(), tokens.shape) < self.hiding
            tokens = jnp.where(hidden & (tokens > 0), UNKNOWN, tokens)
        x = jnp.take(self.table[...], tokens, axis=0)
        return x if self.dropout is None else self.dropout(x)
