"""XLA's own convolution, with both gradients written as forward convolutions.

On a CPU XLA has a fast routine for the canonical forward convolution, channels last in and
out. The gradients that autodiff writes are none, and run about twenty times slower in a loop
(jax issue 12868). For stride 1 both can be written as one:

    dx = dy * (the kernel flipped, inputs and outputs exchanged)
    dk = xᵀ * dyᵀ, where the channels of x are the images, the batch is summed over as channels
         are, and dy is the kernel, as large as the image; of few channels, see `columns`
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.custom_batching import custom_vmap

from ranvier.layers.convolution.bilinear import differentiable
from ranvier.layers.convolution.columns import kernel_gradient, suits
from ranvier.layers.convolution.geometry import Geometry, Pair

Pairs = tuple[Pair, Pair]


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def canonical(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C, O) to (B, H', W', O); stride 1, one group."""
    # Used where no gradient is asked for, plainly, as exporters know no rule of custom_vmap.
    return _plain(x, kernel, (1, 1), geometry.padding, geometry.dilation)


def _forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    return _convolution(geometry.padding, geometry.dilation)(x, kernel)


def _spread(dy: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry) -> jax.Array:
    del size  # the only one that fits
    (dh, dw), (vertical, horizontal) = geometry.dilation, geometry.padding
    reach = (kernel.shape[0] - 1) * dh, (kernel.shape[1] - 1) * dw
    opposite = (
        (reach[0] - vertical[0], reach[0] - vertical[1]),
        (reach[1] - horizontal[0], reach[1] - horizontal[1]),
    )
    turned = jnp.flip(kernel, (0, 1)).swapaxes(2, 3)  # (kh, kw, O, C)
    return _convolution(opposite, geometry.dilation)(dy, turned)


def _overlap(x: jax.Array, dy: jax.Array, taps: Pair, geometry: Geometry) -> jax.Array:
    if suits((*taps, x.shape[3]), dy.shape):
        return kernel_gradient(x, dy, taps, geometry)
    (dh, dw), padding = geometry.dilation, geometry.padding
    images = x.transpose(3, 1, 2, 0)  # (C, H, W, B)
    window = dy.transpose(1, 2, 0, 3)  # (H', W', B, O)
    slope = _convolution(padding, (1, 1))(images, window)  # (C, reach + 1, O)
    return slope.transpose(1, 2, 0, 3)[::dh, ::dw]


MAPS = differentiable(_forward, _spread, _overlap)
canonical.defvjp(MAPS.go, MAPS.back)


@cache
def _convolution(padding: Pairs, dilation: Pair) -> Callable[[jax.Array, jax.Array], jax.Array]:
    """The forward convolution; over many kernels at once it is a loop over them.

    JAX would make groups of the many, for which the CPU has no fast routine.
    """

    @custom_vmap
    def forward(x: jax.Array, kernel: jax.Array) -> jax.Array:
        if _gains_by_pairs(x, kernel, padding, dilation):
            return _by_pairs(x, kernel, padding, dilation)
        return _plain(x, kernel, (1, 1), padding, dilation)

    @forward.def_vmap
    def over_many(
        size: int, batched: list[bool], x: jax.Array, kernel: jax.Array
    ) -> tuple[Any, bool]:
        if not batched[1]:
            y = forward(x.reshape(-1, *x.shape[2:]), kernel)
            return y.reshape(size, -1, *y.shape[1:]), True
        if not batched[0]:
            return lax.map(lambda k: forward(x, k), kernel), True
        return lax.map(lambda both: forward(*both), (x, kernel)), True

    return forward


def _gains_by_pairs(x: jax.Array, kernel: jax.Array, padding: Pairs, dilation: Pair) -> bool:
    """Whether two outputs side by side should be the outputs of one pixel, by stride 2.

    XLA has another, slower routine for up to sixteen channels and outputs; twice the outputs
    get it past that. A kernel one wider computes the pairs, a third of it zeros.
    """
    wide, channels, outputs = kernel.shape[1:]
    width = x.shape[2] + sum(padding[1]) - (wide - 1) * dilation[1]
    few = 4 < channels <= 16 and 8 < outputs <= 16
    return few and wide >= 3 and width % 2 == 0 and dilation[1] == 1


def _by_pairs(x: jax.Array, kernel: jax.Array, padding: Pairs, dilation: Pair) -> jax.Array:
    copies = [jnp.pad(kernel, ((0, 0), (at, 1 - at), (0, 0), (0, 0))) for at in range(2)]
    pairs = _plain(x, jnp.concatenate(copies, axis=3), (1, 2), padding, dilation)
    return pairs.reshape(*pairs.shape[:2], -1, kernel.shape[3])


def _plain(
    x: jax.Array, kernel: jax.Array, strides: Pair, padding: Pairs, dilation: Pair
) -> jax.Array:
    return lax.conv_general_dilated(
        x,
        kernel,
        strides,
        padding,
        rhs_dilation=dilation,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
