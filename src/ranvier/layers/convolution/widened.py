"""Images of few channels: two pixels side by side are taken for the channels of one.

With three channels a pixel is too short to copy and to multiply well. Two neighbours of a row,
which lie side by side in memory, become one pixel of 2 C channels, and the kernel one of 2 O
outputs: two copies, the second one pixel further. That multiplies by some zeros and is still
faster.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.bilinear import differentiable
from ranvier.layers.convolution.canonical import MAPS, canonical
from ranvier.layers.convolution.columns import kernel_gradient, suits
from ranvier.layers.convolution.geometry import Geometry, Pair


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def widened(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C, O) to (B, H', W', O) with W' even.

    Stride and dilation 1, one group of channels.
    """
    y = canonical(_pairs(x, kernel.shape[1], geometry), _wide(kernel), Geometry())
    return _singles(y, kernel)


def _forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    y = MAPS.forward(_pairs(x, kernel.shape[1], geometry), _wide(kernel), Geometry())
    return _singles(y, kernel)


def _spread(dy: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry) -> jax.Array:
    image = jax.ShapeDtypeStruct((len(dy), *size, kernel.shape[2]), dy.dtype)
    arrange = partial(_pairs, taps=kernel.shape[1], geometry=geometry)
    height, width = jax.eval_shape(arrange, image).shape[1:3]
    pairs = MAPS.spread(_twos(dy), _wide(kernel), (height, width), Geometry())
    dx: jax.Array = jax.linear_transpose(arrange, image)(pairs)[0]
    return dx


def _overlap(x: jax.Array, dy: jax.Array, taps: Pair, geometry: Geometry) -> jax.Array:
    kernel = jax.ShapeDtypeStruct((*taps, x.shape[3], dy.shape[3]), x.dtype)
    if suits(kernel.shape, dy.shape):
        return kernel_gradient(x, dy, taps, geometry)
    wide = taps[0], taps[1] // 2 + 1
    slope = MAPS.overlap(_pairs(x, taps[1], geometry), _twos(dy), wide, Geometry())
    dkernel: jax.Array = jax.linear_transpose(_wide, kernel)(slope)[0]
    return dkernel


OWN = differentiable(_forward, _spread, _overlap)
widened.defvjp(OWN.go, OWN.back)


def _pairs(x: jax.Array, taps: int, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) with its padding, and `taps` in a row, to (B, H + …, pairs, 2 C)."""
    batch, _, wide, channels = x.shape
    width = wide + sum(geometry.padding[1]) - taps + 1
    left = geometry.padding[1][0]
    right = 2 * (width // 2 + taps // 2) - wide - left
    x = jnp.pad(x, ((0, 0), geometry.padding[0], (left, max(right, 0)), (0, 0)))
    x = x[:, :, : left + wide + right]
    return x.reshape(batch, x.shape[1], -1, 2 * channels)


def _wide(kernel: jax.Array) -> jax.Array:
    """(kh, kw, C, O) to two copies of it, (kh, kw // 2 + 1, 2 C, 2 O)."""
    kh, kw, channels, outputs = kernel.shape
    taps = kw // 2 + 1
    copies = [
        jnp.pad(kernel, ((0, 0), (at, 2 * taps - kw - at), (0, 0), (0, 0))) for at in range(2)
    ]
    wide_kernel = jnp.stack(copies, axis=3)  # (kh, 2 taps, C, 2, O)
    return wide_kernel.reshape(kh, taps, 2 * channels, 2 * outputs)


def _twos(y: jax.Array) -> jax.Array:
    """(B, H', W', O) to (B, H', W' / 2, 2 O)."""
    return y.reshape(*y.shape[:2], -1, 2 * y.shape[3])


def _singles(y: jax.Array, kernel: jax.Array) -> jax.Array:
    """(B, H', W' / 2, 2 O) to (B, H', W', O)."""
    return y.reshape(*y.shape[:2], -1, kernel.shape[3])
