"""Depthwise convolution: each channel by a kernel of its own, as a sum of shifted images."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.geometry import Geometry


def depthwise(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, 1, C) to (B, H', W', C); as many groups as channels.

    Multiplications without a matrix product: the compiler fuses the sum into one pass, and
    autodiff gives the gradients in the same form.
    """
    kh, kw = kernel.shape[:2]
    height, width = geometry.output(x.shape[1:3], (kh, kw))
    (sh, sw), (dh, dw) = geometry.strides, geometry.dilation
    x = jnp.pad(x, ((0, 0), *geometry.padding, (0, 0)))
    y = jnp.zeros((len(x), height, width, x.shape[-1]), x.dtype)
    for i in range(kh):
        for j in range(kw):
            top, left = i * dh, j * dw
            bottom, right = top + sh * (height - 1) + 1, left + sw * (width - 1) + 1
            y = y + x[:, top:bottom:sh, left:right:sw] * kernel[i, j][None, None]
    return y
