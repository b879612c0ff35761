"""What stages are made of: convolutions with what follows them, plain or with a bypass."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.activations import ACTIVATIONS, kernel_initialiser
from ranvier.layers.batch_norm import BatchNorm
from ranvier.layers.convolution import Convolution
from ranvier.layers.pooling import average_pool, max_pool


def pooled(x: jax.Array, pooling: str) -> jax.Array:
    """Half the size along each axis of (batch, height, width, C) or (batch, steps, C)."""
    window = (2,) * (x.ndim - 2)
    return max_pool(x, window) if pooling == "max" else average_pool(x, window)


class ConvolutionBlock(nnx.Module):
    """Convolution, then pooling where asked for, normalisation or bias, activation.

    Pooling comes before the bias: it is the same, and leaves less work for the rest.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel_size: tuple[int, ...],
        *,
        normalization: str,
        activation: str,
        pooling: str = "",
        first: bool = False,
        rngs: nnx.Rngs,
    ) -> None:
        normalizes = normalization == "batch"
        stride = 2 if pooling == "stride" else 1
        self.convolution = Convolution(
            channels,
            filters,
            kernel_size,
            strides=(stride,) * len(kernel_size),
            use_bias=False,
            kernel_init=kernel_initialiser(activation or "relu"),
            input_gradient=not first,
            rngs=rngs,
        )
        self.normalization = BatchNorm(filters, rngs=rngs) if normalizes else None
        self.bias = None if normalizes else nnx.Param(jnp.zeros(filters))
        self.pooling = pooling if pooling != "stride" else ""
        self.activation = activation

    def __call__(self, x: jax.Array, past: jax.Array | None = None) -> jax.Array:
        """(batch, ..., channels) to (batch, ..., filters); `past` is added before activation."""
        y = self.convolution(x)
        if self.pooling:
            y = pooled(y, self.pooling)
        if self.normalization is not None:
            return self.normalization(y, past, activation=self.activation)
        if self.bias is not None:
            y = y + self.bias[...].astype(y.dtype).reshape((1,) * (y.ndim - 1) + (-1,))
        if past is not None:
            y = y + past
        return ACTIVATIONS[self.activation](y) if self.activation else y


class ResidualBlock(nnx.Module):
    """Two convolutions whose result is added to what came in (He et al. 2016)."""

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel_size: tuple[int, ...],
        *,
        normalization: str,
        activation: str,
        pooling: str = "",
        rngs: nnx.Rngs,
    ) -> None:
        self.first = ConvolutionBlock(
            channels, filters, kernel_size, normalization=normalization, activation=activation,
            pooling=pooling, rngs=rngs,
        )  # fmt: skip
        self.second = ConvolutionBlock(
            filters, filters, kernel_size, normalization=normalization, activation=activation,
            rngs=rngs,
        )  # fmt: skip
        self.bypass = ConvolutionBlock(
            channels, filters, (1,) * len(kernel_size), normalization=normalization,
            activation="", pooling=pooling, rngs=rngs,
        ) if channels != filters or pooling else None  # fmt: skip

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, ..., channels) to (batch, ..., filters)."""
        past = x if self.bypass is None else self.bypass(x)
        return self.second(self.first(x), past)
