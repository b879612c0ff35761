"""The network that speaks of its own tokens: the next one, or those that are hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.transformer.block import activated, row
from ranvier.families.transformer.builder import EMBEDDING, MASKED, TransformerBuilder
from ranvier.families.transformer.embedding import SPREAD, Embedding, places
from ranvier.families.transformer.stack import Stack, Weights, norm_of, norms


class LanguageNetwork(nnx.Module):
    """Embedding, stack, and a score for each token that there is.

    Attributes:
        embed, stack: what tokens go through.
        norm: behind the stack; None where norms stand behind the halves of a block.
        head: "bias" (vocabulary,), "kernel" (d, vocabulary) where it is not the token table.
        dense, head_norm: a dense layer before it, as BERT's masked model has; None without.
    """

    def __init__(self, whole: TransformerBuilder, *, rngs: nnx.Rngs) -> None:
        shape, vocabulary = whole.shape, whole.inputs.vocabulary
        self.shape, self.language = shape, whole.language
        self.embed = Embedding(vocabulary, shape, rngs=rngs)
        self.stack = Stack(shape, rank=whole.rank, rngs=rngs)
        self.norm = norms(shape) if shape.norm_place == "pre" else None
        self.head = Head(whole, vocabulary, rngs=rngs) if whole.language != EMBEDDING else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, steps, vocabulary); vectors (batch, steps, d) without a head."""
        x = self.hidden(inputs)
        return x if self.head is None else self.logits(x)

    def hidden(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """The tokens' vectors behind the stack, (batch, steps, d).

        `inputs`: "tokens", int32 (batch, steps); "lengths", int32 (batch,), where rows are padded;
        "segments", int32 (batch, steps), of pairs; "documents", int32 (batch, steps), of rows
        that hold several texts, none of which sees another.
        """
        return encoded(self, self.embedded(inputs), inputs)

    def embedded(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """What enters the stack, (batch, steps, d)."""
        documents = inputs.get("documents")
        where = None if documents is None else places(documents)
        return self.embed(inputs["tokens"], where, inputs.get("segments"))

    def logits(self, x: jax.Array) -> jax.Array:
        """Scores (..., vocabulary) for vectors (..., d)."""
        assert self.head is not None
        return self.head(x, self.embed.tokens[...])


class Head(nnx.Module):
    """From vectors to scores for each token.

    Attributes:
        kernel: float32 (d, vocabulary); None where the token table serves, turned.
        bias: float32 (vocabulary,); None without.
        dense, norm: as in BERT, before it; None without.
    """

    def __init__(self, whole: TransformerBuilder, vocabulary: int, *, rngs: nnx.Rngs) -> None:
        shape = self.shape = whole.shape
        size, masked = shape.width, whole.language == MASKED
        # This layer has no gate.
        self.plain = replace(shape, activation="silu") if shape.gated else shape

        def fresh(columns: int) -> nnx.Param[jax.Array]:
            return nnx.Param(SPREAD * jax.random.normal(rngs.params(), (size, columns)))

        self.kernel = None if shape.tied else fresh(vocabulary)
        self.bias = nnx.Param(jnp.zeros(vocabulary)) if masked else None
        dense = Weights(kernel=fresh(size), bias=nnx.Param(jnp.zeros(size))) if masked else None
        self.dense = dense
        self.norm = norms(shape) if masked else None

    def __call__(self, x: jax.Array, tokens: jax.Array) -> jax.Array:
        """Scores (..., vocabulary); `tokens`: the token table, (vocabulary, d)."""
        if self.dense is not None and self.norm is not None:
            x = x @ self.dense.kernel[...]
            x = x + row(self.dense.bias[...], x)
            x = norm_of(activated(x, self.plain), self.norm, self.shape)
        scores = x @ (tokens.T if self.kernel is None else self.kernel[...])
        return scores if self.bias is None else scores + row(self.bias[...], scores)


def encoded(network: Any, x: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
    """Vectors that enter the stack, (batch, steps, d), as they leave it and its norm."""
    documents = inputs.get("documents")
    x = network.stack(
        x,
        positions=None if documents is None else places(documents),
        lengths=inputs.get("lengths"),
        documents=documents,
    )
    return x if network.norm is None else norm_of(x, network.norm, network.shape)
