"""The networks of super-resolution: one makes a picture larger, one tells real ones from made ones.

The first is EDSR's (Lim et al. 2017, "Enhanced Deep Residual Networks for Single Image
Super-Resolution"): residual blocks without normalisation at the small size, and at the end each
pixel of the small picture becomes factor × factor ones (Shi et al. 2016). What it makes is added
to the picture enlarged by cubic convolution, from which it starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.bicubic import REACH, enlarged
from ranvier.layers.convolution import Convolution

HALF = 127.5  # pixels are -1 to 1 inside
SMALL = (
    0.1  # scale of the last weights of each block, by which a deep stack begins as a shallow one
)
KERNEL = (3, 3)


@dataclass(frozen=True)
class SuperResolutionBuilder:
    """What shapes the networks.

    Attributes:
        scale: how many times larger each side becomes.
        channels: of a pixel.
        filters, blocks: of the generator.
        critic_filters: of the critic's first stage; 0: there is none.
    """

    scale: int
    channels: int
    filters: int
    blocks: int
    critic_filters: int = 0

    def __call__(self, rngs: nnx.Rngs) -> SuperResolution:
        """Networks with fresh weights."""
        return SuperResolution(self, rngs=rngs)

    @property
    def reach(self) -> int:
        """How many pixels of the small picture on each side a pixel of the large one depends on."""
        return max(2 * self.blocks + 3, REACH)

    @property
    def products(self) -> float:
        """Weights times a number for each pixel of the small picture."""
        inner = (2 * self.blocks + 1) * self.filters**2
        ends = self.filters * self.channels * (1 + self.scale**2)
        return 9.0 * (inner + ends)


class SuperResolution(nnx.Module):
    """The generator and, where the pictures are sharpened, the critic."""

    def __init__(self, shape: SuperResolutionBuilder, *, rngs: nnx.Rngs) -> None:
        self.generator = Enlarger(shape, rngs=rngs)
        if shape.critic_filters:
            self.critic = Critic(shape, rngs=rngs)

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Small pictures "image" (B, H, W, C) of 0 to 255 to large ones, float32."""
        large: jax.Array = self.generator(inputs["image"])
        return large


class Block(nnx.Module):
    """Two convolutions, added to what came in."""

    def __init__(self, filters: int, *, rngs: nnx.Rngs) -> None:
        self.first = Convolution(filters, filters, KERNEL, rngs=rngs)
        last = nnx.initializers.variance_scaling(2.0 * SMALL**2, "fan_in", "truncated_normal")
        self.second = Convolution(filters, filters, KERNEL, kernel_init=last, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(B, H, W, filters) to the same."""
        return x + self.second(nnx.relu(self.first(x)))


class Enlarger(nnx.Module):
    """From a small picture to a large one."""

    def __init__(self, shape: SuperResolutionBuilder, *, rngs: nnx.Rngs) -> None:
        filters, channels, self.scale = shape.filters, shape.channels, shape.scale
        self.input = Convolution(channels, filters, KERNEL, input_gradient=False, rngs=rngs)
        self.blocks = nnx.List([Block(filters, rngs=rngs) for _ in range(shape.blocks)])
        small = nnx.initializers.variance_scaling(2.0 * SMALL**2, "fan_in", "truncated_normal")
        self.merge = Convolution(filters, filters, KERNEL, kernel_init=small, rngs=rngs)
        self.output = Convolution(
            filters, channels * shape.scale**2, KERNEL,
            kernel_init=nnx.initializers.zeros, rngs=rngs,
        )  # fmt: skip

    def __call__(self, picture: jax.Array) -> jax.Array:
        """(B, H, W, C) of 0 to 255 to (B, scale H, scale W, C), not cut off at the ends."""
        dtype = self.input.kernel[...].dtype
        x = picture.astype(dtype) / HALF - 1.0
        first = h = self.input(x)  # (B, H, W, filters)
        for block in self.blocks:
            h = block(h)
        h = first + self.merge(h)
        y = shuffled(self.output(h), self.scale) + enlarged(x, self.scale)
        return (y.astype(jnp.float32) + 1.0) * HALF


class Critic(nnx.Module):
    """Logits of patches: how real a large picture looks, given the small one enlarged."""

    def __init__(self, shape: SuperResolutionBuilder, *, rngs: nnx.Rngs) -> None:
        width, inputs = shape.critic_filters, 2 * shape.channels
        stages = []
        for outputs in (width, 2 * width, 4 * width):
            stages.append(Convolution(inputs, outputs, (4, 4), strides=2, rngs=rngs))
            inputs = outputs
        self.stages = nnx.List(stages)
        self.output = Convolution(inputs, 1, KERNEL, rngs=rngs)

    def __call__(self, picture: jax.Array, given: jax.Array) -> jax.Array:
        """Two (B, H, W, C) of 0 to 255 to logits (B, ...)."""
        x = jnp.concatenate([picture - given, given - HALF], axis=-1) / HALF
        for stage in self.stages:
            x = nnx.leaky_relu(stage(x), 0.2)
        logits: jax.Array = self.output(x)
        return logits.reshape(len(picture), -1)


def shuffled(x: jax.Array, scale: int) -> jax.Array:
    """(B, H, W, scale² C) to (B, scale H, scale W, C)."""
    batch, height, width, channels = x.shape
    channels //= scale * scale
    x = x.reshape(batch, height, width, scale, scale, channels).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(batch, scale * height, scale * width, channels)
