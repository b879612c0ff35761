"""To the code and back by convolutions."""

from __future__ import annotations

from math import prod

import jax
from flax import nnx

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.dense import Chain, last_start
from ranvier.layers.activations import ACTIVATIONS, kernel_initialiser
from ranvier.layers.convolution import Convolution


class PictureEncoder(nnx.Module):
    """Convolutions that halve the picture, then dense layers."""

    def __init__(self, shape: AutoencoderBuilder, *, rngs: nnx.Rngs) -> None:
        channels, convolutions = shape.shape[-1], []
        for number, (_, _, filters) in enumerate(shape.maps):
            convolutions.append(
                Convolution(
                    channels,
                    filters,
                    (shape.kernel_size, shape.kernel_size),
                    strides=2,
                    kernel_init=kernel_initialiser(shape.activation),
                    input_gradient=number > 0,
                    rngs=rngs,
                )
            )
            channels = filters
        self.convolutions = nnx.List(convolutions)
        self.activation = shape.activation
        widths = (prod(shape.maps[-1]), *shape.hidden)
        self.hidden = Chain(widths, shape.activation, rngs=rngs)
        self.width = self.hidden.width

    def __call__(self, x: jax.Array, lengths: jax.Array | None = None) -> jax.Array:
        """(batch, height, width, channels) to (batch, width)."""
        del lengths
        for convolution in self.convolutions:
            x = ACTIVATIONS[self.activation](convolution(x))  # (batch, height / 2, width / 2, ...)
        return self.hidden(x.reshape(x.shape[0], -1))


class PictureDecoder(nnx.Module):
    """Dense layers to a small map of filters, then convolutions that double it.

    Each of them makes the four pixels that stand for one, as channels, which are then put in
    their places (Shi et al. 2016).
    """

    def __init__(self, shape: AutoencoderBuilder, *, rngs: nnx.Rngs) -> None:
        self.map, self.sides = shape.maps[-1], shape.shape[:2]
        widths = (shape.dimensions, *reversed(shape.hidden), prod(self.map))
        self.hidden = Chain(widths, shape.activation, rngs=rngs)
        channels, convolutions = self.map[-1], []
        outputs = [filters for _, _, filters in shape.maps[-2::-1]]
        for number, filters in enumerate((*outputs, shape.shape[-1])):
            last = number == len(outputs)
            start = last_start(shape) if last else kernel_initialiser(shape.activation)
            convolutions.append(
                Convolution(
                    channels,
                    4 * filters,
                    (shape.kernel_size, shape.kernel_size),
                    kernel_init=start,
                    rngs=rngs,
                )
            )
            channels = filters
        self.convolutions = nnx.List(convolutions)
        self.activation = shape.activation

    @property
    def first(self) -> nnx.Param[jax.Array]:
        """The kernel that reads the code."""
        kernel = self.hidden.first
        assert kernel is not None
        return kernel

    def __call__(self, code: jax.Array, steps: int) -> jax.Array:
        """(batch, dimensions) to (batch, height, width, channels)."""
        del steps
        x = self.hidden(code).reshape(-1, *self.map)
        for number, convolution in enumerate(self.convolutions):
            x = ACTIVATIONS[self.activation](x) if number else x
            x = shuffled(convolution(x))
        height, width = self.sides
        return x[:, :height, :width]  # of odd sides the last pixel is left out


def shuffled(x: jax.Array) -> jax.Array:
    """Channels in the places of pixels: (batch, h, w, 4 C) to (batch, 2 h, 2 w, C)."""
    batch, height, width, channels = x.shape
    x = x.reshape(batch, height, width, 2, 2, channels // 4)
    x = x.transpose(0, 1, 3, 2, 4, 5)  # (batch, h, 2, w, 2, C)
    return x.reshape(batch, 2 * height, 2 * width, channels // 4)
