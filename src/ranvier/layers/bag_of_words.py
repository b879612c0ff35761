"""A text as the sum of its words, without their order."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.lookup import looked_up

RATE = 10.0  # of the weights of words, which are large: most words are rare


class BagOfWords(nnx.Module):
    """A linear layer over the tokens of a text, each as heavy as it is rare (tf-idf).

    `inputs["importance"]`, float32 (batch, steps), is each token's weight; a text's have the
    length one together.

    Args:
        vocabulary: how many tokens there are.
        units: of the output layer.
        rate: how fast the weights learn, beside the rest of the network.

    Attributes:
        kernel: float32 (vocabulary, units).
        bias: float32 (units,).
    """

    def __init__(self, vocabulary: int, units: int, *, rate: float = RATE, rngs: nnx.Rngs) -> None:
        del rngs
        self.kernel = nnx.Param(jnp.zeros((vocabulary, units)), rate=rate, decay=0.0)
        self.bias = nnx.Param(jnp.zeros(units))

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units)."""
        rows = looked_up(self.kernel[...], inputs["tokens"])  # (batch, steps, units)
        return jnp.sum(rows * inputs["importance"][..., None], axis=1) + self.bias[...][None, :]

    def parts(self, inputs: Mapping[str, jax.Array], chosen: jax.Array) -> jax.Array:
        """What each token adds to one unit of its row, (batch, steps); `chosen`: int32 (batch,)."""
        weights = self.kernel[...][inputs["tokens"], chosen[:, None]]  # (batch, steps)
        return weights * inputs["importance"]
