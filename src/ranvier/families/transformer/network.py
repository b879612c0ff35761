"""The transformer that gives a few numbers for a text, or for each of its tokens."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.transformer.builder import TransformerBuilder
from ranvier.families.transformer.embedding import Embedding
from ranvier.families.transformer.language import encoded
from ranvier.families.transformer.pooling import pooled
from ranvier.families.transformer.stack import Stack, norms
from ranvier.layers.bag_of_words import BagOfWords
from ranvier.layers.dense import BESIDE, Beside
from ranvier.layers.dropout import Dropout
from ranvier.layers.table_input import input_width


class TransformerNetwork(nnx.Module):
    """Embedding, stack, pooling over the tokens, output layer.

    Where each token has an answer nothing is pooled. Weighed words have an output layer of their
    own. While training each learns by itself, (batch, branches, units); the prediction is their
    mean, in which the stack counts once and the words as often as the builder's `others` says.
    """

    def __init__(self, whole: TransformerBuilder, *, rngs: nnx.Rngs) -> None:
        shape = self.shape = whole.shape
        self.embed = Embedding(whole.inputs.vocabulary, shape, rngs=rngs)
        self.stack = Stack(shape, rank=whole.rank, rngs=rngs)
        self.norm = norms(shape) if shape.norm_place == "pre" else None
        tabled = input_width(whole.inputs) > 0
        self.beside = Beside(whole.inputs, "relu", rngs=rngs) if tabled else None
        self.pooler = Pooler(whole, rngs=rngs) if whole.pooler else None
        self.head = Output(whole, shape.width + BESIDE * tabled, rngs=rngs)
        words = (whole.inputs.vocabulary, whole.outputs.units)
        self.bag = BagOfWords(*words, rate=whole.bag_rate, rngs=rngs) if whole.bag else None
        self.others = whole.others
        self.pooling = "" if whole.outputs.each_step else whole.pooling
        self.deterministic = False

    @property
    def share_of_other(self) -> float:
        """How much of the prediction comes from the weighed words."""
        return 0.0 if self.bag is None else self.others / (1.0 + self.others)

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units); with a bag while training (batch, branches, units).

        For an answer at each token (batch, steps, units).
        """
        return self.above_input(self.input(inputs), inputs)

    def input(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """What enters the stack, (batch, steps, d)."""
        return self.embed(inputs["tokens"], None, inputs.get("segments"))

    def above_input(self, x: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """From vectors (batch, steps, d) to logits."""
        x = encoded(self, x, inputs)
        if self.pooling:
            x = pooled(x, inputs.get("lengths"), self.pooling)  # (batch, d)
        if self.pooler is not None:
            x = self.pooler(x)
        if self.beside is not None:
            columns = self.beside(inputs)  # (batch, BESIDE)
            if x.ndim == 3:
                columns = jnp.repeat(columns[:, None], x.shape[1], axis=1)
            x = jnp.concatenate([x, columns], axis=-1)
        logits = self.head(x)
        if self.bag is None:
            return logits
        words = self.bag(inputs)
        if not self.deterministic:
            return jnp.stack([logits, words], axis=1)  # (batch, branches, units)
        return (logits + self.others * words) / (1.0 + self.others)


class Pooler(nnx.Module):
    """A dense layer above a text's vector, (batch, d) to the same, as in BERT and DistilBERT."""

    def __init__(self, whole: TransformerBuilder, *, rngs: nnx.Rngs) -> None:
        width = whole.shape.width
        fresh = nnx.initializers.glorot_uniform()(rngs.params(), (width, width), jnp.float32)
        self.kernel, self.bias = nnx.Param(fresh), nnx.Param(jnp.zeros(width), decay=0.0)
        self.bends = jax.nn.relu if whole.pooler == "relu" else jnp.tanh

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, d) to the same."""
        y: jax.Array = self.bends(x @ self.kernel[...] + self.bias[...][None])
        return y


class Output(nnx.Module):
    """The output layer, with dropout before it."""

    def __init__(self, whole: TransformerBuilder, width: int, *, rngs: nnx.Rngs) -> None:
        units, rate = whole.outputs.units, whole.head_rate
        kernel = nnx.initializers.glorot_uniform()(rngs.params(), (width, units), jnp.float32)
        self.dropout = Dropout(rngs=rngs) if whole.shape.dropout else None
        self.output = nnx.Linear(width, units, rngs=rngs)
        self.output.kernel = nnx.Param(kernel, rate=rate)
        self.output.bias = nnx.Param(jnp.zeros(units), rate=rate, decay=0.0)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, ..., width) to logits (batch, ..., units)."""
        if self.dropout is not None:
            x = self.dropout(x)
        logits: jax.Array = self.output(x)
        return logits
