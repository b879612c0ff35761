"""The network that tells real pictures from made ones."""

from __future__ import annotations

from itertools import pairwise

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.gan.generation.blocks import Block, Spectral, leaky
from ranvier.families.gan.generation.builder import HIDDEN, GenerationBuilder
from ranvier.layers.batch_norm import BatchNorm
from ranvier.layers.convolution import Convolution


class Critic(nnx.Module):
    """Strided convolutions down to the coarsest stage, and one number: the higher, the more real.

    Classes are weighed in by a projection (Miyato and Koyama 2018): each has a vector, whose
    product with the features is added.
    """

    def __init__(self, shape: GenerationBuilder, *, rngs: nnx.Rngs) -> None:
        widths = shape.widths
        self.classes, self.normalization = shape.classes, shape.critic
        spectral = shape.critic == "spectral"
        halving: list[Convolution | Spectral] = []
        for channels, width in pairwise(widths):
            layer = Convolution(
                channels, width, (4, 4), strides=2, use_bias=not spectral, rngs=rngs
            )
            halving.append(Spectral(layer, width, rngs=rngs) if spectral else layer)
        self.halving = nnx.List(halving)
        stages = widths[1:]
        self.blocks = nnx.List(
            [Block(width, 2 * len(stages), rngs=rngs) for width in stages] if shape.residual else []
        )
        # None behind the first convolution, or what it sees would depend on the batch alone.
        self.norms = nnx.List(
            [BatchNorm(width, rngs=rngs) for width in stages[1:]] if shape.critic == "batch" else []
        )
        features = stages[-1] * shape.sides[-1][0] * shape.sides[-1][1]
        he = nnx.initializers.he_normal()
        self.dense = (
            nnx.Linear(features, HIDDEN, kernel_init=he, rngs=rngs) if shape.residual else None
        )
        features = HIDDEN if shape.residual else features
        head = nnx.Linear(features, 1, use_bias=not spectral, rngs=rngs)
        self.head = Spectral(head, 1, rngs=rngs) if spectral else head
        if shape.classes:
            vectors = jax.random.normal(rngs.params(), (shape.classes, features))
            self.classes_in = nnx.Param(0.1 * vectors)

    def __call__(self, pictures: jax.Array, classes: jax.Array | None) -> jax.Array:
        """Pixels from -1 to 1, (B, height, width, channels), and int (B,) to scores (B,)."""
        return self.scored(self.features(pictures), classes)

    def scored(self, features: jax.Array, classes: jax.Array | None) -> jax.Array:
        """Scores (B,) from features (B, features)."""
        scores: jax.Array = self.head(features)[:, 0]
        if self.classes:
            assert classes is not None
            chosen = jax.nn.one_hot(classes, self.classes, dtype=features.dtype)
            scores = scores + jnp.sum(features * (chosen @ self.classes_in[...]), axis=1)
        return scores

    def of_any_class(self, pictures: jax.Array) -> jax.Array:
        """Scores (B,) of pictures whose class is not known: that of the class they look like."""
        features = self.features(pictures)
        scores: jax.Array = self.head(features)[:, 0]
        if self.classes:
            scores = scores + jnp.max(features @ self.classes_in[...].T, axis=1)
        return scores

    def features(self, x: jax.Array) -> jax.Array:
        """(B, features)."""
        for number, halving in enumerate(self.halving):
            x = halving(x)
            if self.blocks:
                x = self.blocks[number](x)
            if self.norms and number:
                x = self.norms[number - 1](x)
            x = leaky(x)
        x = x.reshape(x.shape[0], -1)
        return x if self.dense is None else leaky(self.dense(x))
