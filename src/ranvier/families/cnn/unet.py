"""The U-Net: from a picture to a picture of the same size (Ronneberger, Fischer and Brox 2015)."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.cnn.blocks import ConvolutionBlock, pooled
from ranvier.families.cnn.builder import CNNBuilder
from ranvier.layers.convolution import Convolution
from ranvier.layers.picture_input import PictureInput


class UNet(nnx.Module):
    """Down to half the size between stages, up again beside what each stage saw on the way down.

    The output layer, a weighted sum at every pixel, also sees the standardised picture itself.
    """

    def __init__(self, shape: CNNBuilder, *, rngs: nnx.Rngs) -> None:
        self.input = PictureInput(shape.inputs)
        self.pooling = "average" if shape.pooling == "average" else "max"
        filters, channels = shape.filters, shape.inputs.image[-1]
        down = []
        for number, width in enumerate(filters):
            down.append(blocks(shape, channels, width, first=number == 0, rngs=rngs))
            channels = width
        self.down = nnx.List(down)
        up = []
        for width in reversed(filters[:-1]):
            up.append(blocks(shape, channels + width, width, first=False, rngs=rngs))
            channels = width
        self.up = nnx.List(up)
        self.multiple = 2 ** (len(filters) - 1)
        self.output = Convolution(
            channels + shape.inputs.image[-1],
            shape.outputs.units,
            (1, 1),
            kernel_init=nnx.initializers.glorot_uniform(),
            rngs=rngs,
        )

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, height, width, units)."""
        return self.above_input(self.input(inputs["image"]), inputs)

    def above_input(self, picture: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """From standardised pictures (batch, height, width, channels) to logits."""
        del inputs
        height, width = picture.shape[1:3]
        *_, last = self.maps(picture).values()
        whole = grown(picture, self.multiple)
        logits: jax.Array = self.output(jnp.concatenate([last, whole], axis=-1))
        return logits[:, :height, :width]  # (batch, height, width, units)

    def maps(self, picture: jax.Array) -> dict[str, jax.Array]:
        """What each stage makes of it, on the way down and up, by name."""
        found, x = {}, grown(picture, self.multiple)
        seen: list[jax.Array] = []
        for number, stage in enumerate(self.down, 1):
            x = found[f"stage {number}"] = stage(pooled(x, self.pooling) if seen else x)
            seen.append(x)
        for number, (stage, beside) in enumerate(zip(self.up, reversed(seen[:-1]), strict=True), 1):
            x = found[f"up {number}"] = stage(jnp.concatenate([doubled(x), beside], axis=-1))
        return found


def blocks(
    shape: CNNBuilder, channels: int, filters: int, *, first: bool, rngs: nnx.Rngs
) -> nnx.Sequential:
    """The convolutions of one stage, on the way down or up."""
    found = []
    for number in range(shape.depth):
        found.append(
            ConvolutionBlock(
                channels, filters, shape.kernel, normalization=shape.normalization,
                activation=shape.activation, first=first and number == 0, rngs=rngs,
            )
        )  # fmt: skip
        channels = filters
    return nnx.Sequential(*found)


def grown(x: jax.Array, of: int) -> jax.Array:
    """Padded by the edge, below and to the right, to sides that are multiples of `of`."""
    more = [-side % of for side in x.shape[1:3]]
    if not any(more):
        return x
    return jnp.pad(x, ((0, 0), (0, more[0]), (0, more[1]), (0, 0)), mode="edge")


def doubled(x: jax.Array) -> jax.Array:
    """Each pixel as four: (batch, height, width, C) to (batch, 2 height, 2 width, C)."""
    batch, height, width, channels = x.shape
    x = jnp.broadcast_to(x[:, :, None, :, None, :], (batch, height, 2, width, 2, channels))
    return x.reshape(batch, 2 * height, 2 * width, channels)
