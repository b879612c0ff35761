"""Tokens as vectors: what each is, where it stands, which text it belongs to."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.transformer.shape import Shape
from ranvier.families.transformer.stack import norm_of, norms
from ranvier.layers.dropout import Dropout, dropped
from ranvier.layers.lookup import looked_up

SPREAD = 0.02  # of fresh vectors (Radford et al. 2018, Devlin et al. 2019)


class Embedding(nnx.Module):
    """The sum of a token's vectors.

    Attributes:
        tokens: float32 (vocabulary, d).
        positions: float32 (longest, d); None where positions are not learned.
        segments: float32 (segments, d); None without.
        norm: of the sum; None without.
    """

    def __init__(self, vocabulary: int, shape: Shape, *, rngs: nnx.Rngs) -> None:
        def table(rows: int) -> nnx.Param[jax.Array]:
            fresh = SPREAD * jax.random.normal(rngs.params(), (rows, shape.width))
            return nnx.Param(fresh, decay=0.0)

        learned = shape.positions == "learned"
        self.shape = shape
        self.tokens = table(vocabulary)
        self.positions = table(shape.longest) if learned else None
        self.segments = table(shape.segments) if shape.segments else None
        self.norm = norms(shape) if shape.embed_norm else None
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None

    def __call__(
        self,
        tokens: jax.Array,
        positions: jax.Array | None = None,
        segments: jax.Array | None = None,
    ) -> jax.Array:
        """Vectors (batch, steps, d).

        Args:
            tokens: int32 (batch, steps).
            positions: int32 (batch or 1, steps); None: from 0.
            segments: int32 (batch, steps); None: all 0.
        """
        x = looked_up(self.tokens[...], tokens)
        if self.positions is not None:
            if positions is None:
                positions = jnp.arange(tokens.shape[1], dtype=jnp.int32)[None]
            places = positions + self.shape.position_offset
            x = x + looked_up(self.positions[...], places, "clip")
        if self.segments is not None:
            if segments is None:
                x = x + self.segments[...][None, :1]
            else:
                # Of pairs too, RoBERTa knows one segment only.
                x = x + looked_up(self.segments[...], segments, "clip")
        if self.norm is not None:
            x = norm_of(x, self.norm, self.shape)
        if self.dropout is None or self.dropout.deterministic:
            return x
        return dropped(x, self.dropout.rate[...], self.dropout.rngs())


def places(documents: jax.Array) -> jax.Array:
    """Each token's place in its own document: int32 (batch, steps) of the documents' numbers."""
    steps = jax.lax.broadcasted_iota(jnp.int32, documents.shape, 1)
    before = jnp.pad(documents[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
    starts = jnp.where(documents != before, steps, 0)
    return steps - jax.lax.cummax(starts, axis=1)
