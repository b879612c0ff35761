"""The network that makes pictures of noise."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.gan.generation.blocks import Block, leaky
from ranvier.families.gan.generation.builder import GenerationBuilder
from ranvier.layers.batch_norm import BatchNorm
from ranvier.layers.convolution import TransposedConvolution

PLAIN = nnx.initializers.variance_scaling(1.0, "fan_in", "normal")


class Generator(nnx.Module):
    """A dense layer to the coarsest stage; each stage doubles the sides, the last makes pixels.

    As DCGAN (Radford et al. 2016) with batch normalisation; or with residual blocks and none. A
    class comes in as a vector of its own beside the noise, of length √latent, as that of noise.
    """

    def __init__(self, shape: GenerationBuilder, *, rngs: nnx.Rngs) -> None:
        sides, widths = shape.sides[::-1], shape.widths[::-1]
        self.sides, self.channels = sides, widths[0]
        self.classes = shape.classes
        if shape.classes:
            vectors = jax.random.normal(rngs.params(), (shape.classes, shape.latent))
            self.classes_in = nnx.Param(vectors)
        inputs = shape.latent * (2 if shape.classes else 1)
        units = sides[0][0] * sides[0][1] * widths[0]
        self.dense = nnx.Linear(inputs, units, kernel_init=PLAIN, rngs=rngs)
        stages = widths[:-1]
        count = 2 * len(stages)
        self.blocks = nnx.List(
            [Block(width, count, rngs=rngs) for width in stages] if shape.residual else []
        )
        self.norms = nnx.List(
            [] if shape.residual else [BatchNorm(width, rngs=rngs) for width in stages]
        )
        self.doubling = nnx.List(
            [TransposedConvolution(width, finer, (4, 4), rngs=rngs)
             for width, finer in zip(stages, widths[1:], strict=True)]
        )  # fmt: skip

    def __call__(self, noise: jax.Array, classes: jax.Array | None) -> jax.Array:
        """Float (B, latent) and int (B,) to pixels from -1 to 1, (B, height, width, channels)."""
        if self.classes:
            assert classes is not None
            vectors = (
                jax.nn.one_hot(classes, self.classes, dtype=noise.dtype) @ self.classes_in[...]
            )
            size = jax.lax.rsqrt(jnp.mean(jnp.square(vectors), axis=1, keepdims=True) + 1e-8)
            noise = jnp.concatenate([noise, vectors * size], axis=1)  # (B, 2 latent)
        x = self.dense(noise).reshape(-1, *self.sides[0], self.channels)
        for number, doubling in enumerate(self.doubling):
            if self.blocks:
                x = leaky(self.blocks[number](x))
            else:
                x = self.norms[number](x, activation="relu")
            height, width = self.sides[number + 1]
            x = doubling(x)[:, :height, :width]
        return jnp.tanh(x)
