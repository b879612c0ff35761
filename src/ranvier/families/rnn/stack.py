"""Recurrent layers one above the other, and what of their states goes on."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.rnn.builder import RNNBuilder
from ranvier.layers.dropout import Dropout
from ranvier.layers.lengths import is_real, masked_mean
from ranvier.layers.recurrent import Recurrent

LEAST = -1e30  # below every state: a padded step is never the largest


class Stack(nnx.Module):
    """Layers that read forwards, or both ways side by side; pooling over the steps.

    Where each step has an answer, nothing is pooled.

    Attributes:
        width: of what goes on.
    """

    def __init__(self, shape: RNNBuilder, *, rngs: nnx.Rngs) -> None:
        forward, backward, width = [], [], shape.width
        for units in shape.units:
            forward.append(Recurrent(shape.cell, width, units, rngs=rngs))
            if shape.bidirectional:
                backward.append(Recurrent(shape.cell, width, units, reverse=True, rngs=rngs))
            width = units * shape.directions
        self.forward, self.backward = nnx.List(forward), nnx.List(backward)
        several = shape.dropout and len(shape.units) > 1
        self.dropout = Dropout(rngs=rngs) if several else None
        self.pooling, self.width = "" if shape.each_step else shape.pooling, width
        self.attention = nnx.Linear(width, 1, rngs=rngs) if self.pooling == "attention" else None

    def __call__(self, x: jax.Array, lengths: jax.Array | None = None) -> jax.Array:
        """(batch, steps, channels) and (batch,) to (batch, width); not pooled (…, steps, width)."""
        for number in range(len(self.forward) - 1):
            x, _ = self._layer(number, x, lengths)
            if self.dropout is not None:
                x = self.dropout(x)
        number = len(self.forward) - 1
        if self.pooling == "last":
            layers = [self.forward[number], *list(self.backward)[number : number + 1]]
            return jnp.concatenate([layer.last(x, lengths) for layer in layers], axis=1)
        x, _ = self._layer(number, x, lengths)
        return self._pooled(x, lengths) if self.pooling else x

    def states(self, x: jax.Array, lengths: jax.Array | None = None) -> list[jax.Array]:
        """The states of every layer after each step, (batch, steps, units) each."""
        found = []
        for number in range(len(self.forward)):
            x, _ = self._layer(number, x, lengths)
            found.append(x)
        return found

    def _layer(
        self, number: int, x: jax.Array, lengths: jax.Array | None
    ) -> tuple[jax.Array, jax.Array]:
        outputs, last = self.forward[number](x, lengths)
        if not len(self.backward):
            return outputs, last
        others, first = self.backward[number](x, lengths)
        return jnp.concatenate([outputs, others], axis=2), jnp.concatenate([last, first], axis=1)

    def _pooled(self, x: jax.Array, lengths: jax.Array | None) -> jax.Array:
        real = None if lengths is None else is_real(x, lengths)
        if self.pooling == "mean":
            return masked_mean(x, lengths)
        if self.pooling == "max":
            largest = jnp.max(x if real is None else jnp.where(real, x, LEAST), axis=1)
            return jnp.maximum(largest, -1.0)  # a row without steps has none: the least state
        assert self.attention is not None
        scores = self.attention(jnp.tanh(x))  # (batch, steps, 1)
        weights = jax.nn.softmax(scores if real is None else jnp.where(real, scores, LEAST), axis=1)
        return jnp.sum(weights * x, axis=1)
