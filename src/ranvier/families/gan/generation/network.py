"""Both networks of generation as one module, with what they share."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.gan.generation.adapting import Adaptive
from ranvier.families.gan.generation.builder import GenerationBuilder
from ranvier.families.gan.generation.critic import Critic
from ranvier.families.gan.generation.generator import Generator


class Adversaries(nnx.Module):
    """A generator, which makes pictures of noise, and a critic, which scores pictures."""

    def __init__(self, shape: GenerationBuilder, *, rngs: nnx.Rngs) -> None:
        self.low, self.high, self.latent = shape.low, shape.high, shape.latent
        self.generator = Generator(shape, rngs=rngs)
        self.critic = Critic(shape, rngs=rngs)
        self.changes = Adaptive() if shape.adaptive else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """How real each picture "image" (B, height, width, channels) looks, float (B, 1)."""
        return self.critic.of_any_class(self.inside(inputs["image"]))[:, None]

    def inside(self, pixels: jax.Array) -> jax.Array:
        """Pixels as the data have them, uint8 or float, to floats from -1 to 1."""
        dtype = jnp.float32 if pixels.dtype == jnp.uint8 else pixels.dtype
        factor = 2.0 / (self.high - self.low)
        return (pixels.astype(dtype) - self.low) * factor - 1.0

    def made(self, noise: jax.Array, classes: jax.Array | None) -> jax.Array:
        """Float (B, latent) and int (B,) to pixels in the range of the data, float."""
        share = 0.5 * (self.generator(noise, classes) + 1.0)
        return self.low + share * (self.high - self.low)
