"""Images of few channels: two pixels side by side are taken for the channels of one.

With three channels a pixel is too short to copy and to multiply well. Two neighbours of a row,
which lie side by side in memory, become one pixel of 2 C channels, and the kernel one of 2 O
outputs: two copies, the second one pixel further. That multiplies by some zeros and is still
faster.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.canonical import canonical
from ranvier.layers.convolution.columns import kernel_gradient, suits
from ranvier.layers.convolution.geometry import Geometry

Gradients = Callable[[jax.Array], tuple[jax.Array, jax.Array]]
Kept = tuple[Gradients, jax.Array, jax.Array]


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def widened(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C, O) to (B, H', W', O) with W' even.

    Stride and dilation 1, one group of channels.
    """
    return _by_pairs(x, kernel, geometry)


def _forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> tuple[jax.Array, Kept]:
    y, pull = jax.vjp(lambda x, kernel: _by_pairs(x, kernel, geometry), x, kernel)
    return y, (pull, x, kernel)


def _backward(geometry: Geometry, kept: Kept, dy: jax.Array) -> tuple[jax.Array, jax.Array]:
    pull, x, kernel = kept
    dx, dkernel = pull(dy)
    if suits(kernel.shape, dy.shape):
        dkernel = kernel_gradient(x, dy, kernel.shape[:2], geometry)
    return dx, dkernel


widened.defvjp(_forward, _backward)


def _by_pairs(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    batch, _, wide, channels = x.shape
    kh, kw, _, outputs = kernel.shape
    height, width = geometry.output(x.shape[1:3], (kh, kw))
    taps = kw // 2 + 1  # of the wide kernel
    left = geometry.padding[1][0]
    right = 2 * (width // 2 + taps - 1) - wide - left
    x = jnp.pad(x, ((0, 0), geometry.padding[0], (left, max(right, 0)), (0, 0)))
    x = x[:, :, : left + wide + right]
    x = x.reshape(batch, x.shape[1], -1, 2 * channels)
    copies = [
        jnp.pad(kernel, ((0, 0), (at, 2 * taps - kw - at), (0, 0), (0, 0))) for at in range(2)
    ]
    wide_kernel = jnp.stack(copies, axis=3)  # (kh, 2 taps, C, 2, O)
    wide_kernel = wide_kernel.reshape(kh, taps, 2 * channels, 2 * outputs)
    return canonical(x, wide_kernel, Geometry()).reshape(batch, height, width, outputs)
