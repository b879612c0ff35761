"""The convolutional network that gives a few numbers for a picture: classes, or quantities."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.cnn.blocks import ConvolutionBlock, ResidualBlock
from ranvier.families.cnn.builder import CNNBuilder, halved
from ranvier.families.cnn.views import Views
from ranvier.layers.dense import BESIDE, Beside, Dense
from ranvier.layers.dropout import Dropout
from ranvier.layers.picture_input import PictureInput
from ranvier.layers.table_input import input_width


class CNNNetwork(nnx.Module):
    """Stem, stages, pooling over what is left of the picture, dense layers, output layer."""

    def __init__(self, shape: CNNBuilder, *, rngs: nnx.Rngs) -> None:
        self.input = PictureInput(shape.inputs)
        channels, sides = shape.inputs.image[-1], shape.sides
        stemmed = shape.stem != "none"
        self.stem = Stem(shape, channels, shape.filters[0], rngs=rngs) if stemmed else None
        if stemmed:
            channels, sides = shape.filters[0], tuple(side // shape.patch for side in sides)
        stages = []
        for number, (filters, halves) in enumerate(zip(shape.filters, shape.halves(), strict=True)):
            pooling = shape.pooling if halves else ""
            first = number == 0 and not stemmed
            stages.append(Stage(shape, channels, filters, pooling, first=first, rngs=rngs))
            channels = filters
            if halves:
                sides = tuple(halved(side, shape.pooling) for side in sides)
        self.stages = nnx.List(stages)
        self.pooling = shape.global_pooling
        width = channels
        if self.pooling == "none":
            for side in sides:
                width *= side
        self.beside = (
            Beside(shape.inputs, shape.activation, rngs=rngs) if input_width(shape.inputs) else None
        )
        width += BESIDE if self.beside is not None else 0
        self.hidden = nnx.List(
            [Dense(n_in, n, shape.activation, rngs=rngs)
             for n_in, n in pairwise((width, *shape.hidden))]
        )  # fmt: skip
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None
        self.output = nnx.Linear(
            (width, *shape.hidden)[-1],
            shape.outputs.units,
            kernel_init=nnx.initializers.glorot_uniform(),
            rngs=rngs,
        )
        several = shape.mirrored or shape.moved
        self.views = Views(mirrored=shape.mirrored, moved=shape.moved) if several else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units): the mean over a few views of each picture, if asked for."""
        picture = self.input(inputs["image"])
        if self.views is None:
            return self.above_input(picture, inputs)
        return self.views(lambda view: self.above_input(view, inputs), picture)

    def above_input(self, picture: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """From standardised pictures (batch, height, width, channels) to logits (batch, units)."""
        *_, last = self.maps(picture).values()
        return self.above_maps(last, inputs)

    def maps(self, picture: jax.Array) -> dict[str, jax.Array]:
        """What the stem and each stage make of it, (batch, height, width, filters), by name."""
        found, x = {}, picture
        if self.stem is not None:
            x = found["stem"] = self.stem(x)
        for number, stage in enumerate(self.stages, 1):
            x = found[f"stage {number}"] = stage(x)
        return found

    def above_maps(self, x: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """From the last feature maps to logits (batch, units)."""
        logits: jax.Array = self.output(self.below_output(x, inputs))
        return logits

    def below_output(self, x: jax.Array, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """From the last feature maps to what the output layer sees, (batch, width)."""
        if self.pooling == "none":
            x = x.reshape(x.shape[0], -1)  # (batch, height * width * filters)
        else:
            over = tuple(range(1, x.ndim - 1))
            x = jnp.max(x, over) if self.pooling == "max" else jnp.mean(x, over)  # (batch, filters)
        if self.beside is not None:
            x = jnp.concatenate([x, self.beside(inputs)], axis=1)
        for layer in self.hidden:
            x = layer(x)
        if self.dropout is not None:
            x = self.dropout(x)
        return x


class Stem(nnx.Module):
    """From channels to the first feature maps: a convolution, or patches side by side."""

    def __init__(self, shape: CNNBuilder, channels: int, filters: int, *, rngs: nnx.Rngs) -> None:
        self.patch = shape.patch
        many = self.patch ** len(shape.sides)
        self.block = ConvolutionBlock(
            channels * many,
            filters,
            shape.kernel if self.patch == 1 else (1,) * len(shape.sides),
            normalization=shape.normalization,
            activation=shape.activation,
            first=True,
            rngs=rngs,
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, height, width, channels) to (batch, height / patch, width / patch, filters)."""
        if self.patch > 1:
            x = patches(x, self.patch)
        return self.block(x)


def patches(x: jax.Array, side: int) -> jax.Array:
    """Each square of pixels as one pixel of more channels; what is left at the end is cut off."""
    sides = [n // side for n in x.shape[1:-1]]
    for axis, n in enumerate(sides, 1):
        x = jax.lax.slice_in_dim(x, 0, n * side, axis=axis)
    split = [part for n in sides for part in (n, side)]
    x = x.reshape(x.shape[0], *split, x.shape[-1])  # (batch, n, side, ..., channels)
    outer, inner = range(1, 2 * len(sides), 2), range(2, 2 * len(sides) + 1, 2)
    x = jnp.transpose(x, (0, *outer, *inner, x.ndim - 1))
    return x.reshape(x.shape[0], *sides, -1)  # (batch, n, ..., side ** axes * channels)


class Stage(nnx.Module):
    """Blocks of one number of filters; the first one halves the picture, where that is asked."""

    def __init__(
        self,
        shape: CNNBuilder,
        channels: int,
        filters: int,
        pooling: str,
        *,
        first: bool,
        rngs: nnx.Rngs,
    ) -> None:
        blocks: list[nnx.Module] = []
        for number in range(shape.depth):
            halving = pooling if number == 0 else ""
            if shape.residual:
                block: nnx.Module = ResidualBlock(
                    channels, filters, shape.kernel, normalization=shape.normalization,
                    activation=shape.activation, pooling=halving, rngs=rngs,
                )  # fmt: skip
            else:
                block = ConvolutionBlock(
                    channels, filters, shape.kernel, normalization=shape.normalization,
                    activation=shape.activation, pooling=halving, first=first and number == 0,
                    rngs=rngs,
                )  # fmt: skip
            blocks.append(block)
            channels = filters
        self.blocks = nnx.List(blocks)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, ..., channels) to (batch, ..., filters)."""
        for block in self.blocks:
            x = block(x)
        return x
