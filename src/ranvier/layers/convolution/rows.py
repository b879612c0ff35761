"""Row-im2col for stride 1: the shifts along the width side by side, one product, rows added.

A third of the memory of whole windows for a 3×3 kernel. With the kw shifts as columns, the
product gives the shares of all kh kernel rows at once; output row h is the sum of share i of
input row h + i.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.geometry import Geometry, Pair


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def rows(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C, O) to (B, H', W', O); stride 1, one group."""
    return _forward(x, kernel, geometry)[0]


def _forward(
    x: jax.Array, kernel: jax.Array, geometry: Geometry
) -> tuple[jax.Array, tuple[jax.Array, jax.Array, jax.Array]]:
    batch, high, _, channels = x.shape
    kh, kw, _, outputs = kernel.shape
    height, width = geometry.output(x.shape[1:3], (kh, kw))
    shifts = _shifts(_padded(x, 2, geometry.padding[1]), 2, kw, geometry.dilation[1], width)
    columns = jnp.concatenate(shifts, axis=-1).reshape(-1, kw * channels)  # (B H W', kw C)
    shares = (columns @ _matrix(kernel)).reshape(batch, high, width, kh, outputs)
    shares = _padded(shares, 1, geometry.padding[0])
    dh = geometry.dilation[0]
    y = sum(shares[:, i * dh : i * dh + height, :, i] for i in range(1, kh)) if kh > 1 else 0
    return shares[:, :height, :, 0] + y, (x, columns, kernel)


def _backward(
    geometry: Geometry, kept: tuple[jax.Array, jax.Array, jax.Array], dy: jax.Array
) -> tuple[jax.Array, jax.Array]:
    x, columns, kernel = kept
    batch, high, wide, channels = x.shape
    kh, kw, _, outputs = kernel.shape
    width = dy.shape[2]
    (dh, dw), (vertical, horizontal) = geometry.dilation, geometry.padding
    # The transposes of the two ends of the forward pass: shifts of the other direction.
    opposite = _opposite(vertical, (kh - 1) * dh)
    shifts = _shifts(_padded(dy, 1, opposite), 1, kh, dh, high)[::-1]
    dshares = jnp.concatenate(shifts, axis=-1).reshape(-1, kh * outputs)  # (B H W', kh O)
    dmatrix = columns.T @ dshares
    dkernel = dmatrix.reshape(kw, channels, kh, outputs).transpose(2, 0, 1, 3)
    dcolumns = (dshares @ _matrix(kernel).T).reshape(batch, high, width, kw, channels)
    dcolumns = _padded(dcolumns, 2, _opposite(horizontal, (kw - 1) * dw))
    starts = [(kw - 1 - j) * dw for j in range(kw)]
    dx = dcolumns[:, :, starts[0] : starts[0] + wide, 0]
    for j in range(1, kw):
        dx = dx + dcolumns[:, :, starts[j] : starts[j] + wide, j]
    return dx, dkernel


rows.defvjp(_forward, _backward)


def _matrix(kernel: jax.Array) -> jax.Array:
    kh, kw, channels, outputs = kernel.shape
    return kernel.transpose(1, 2, 0, 3).reshape(kw * channels, kh * outputs)


def _opposite(padding: Pair, reach: int) -> Pair:
    return reach - padding[0], reach - padding[1]


def _padded(x: jax.Array, axis: int, padding: Pair) -> jax.Array:
    pads = [(0, 0)] * x.ndim
    pads[axis] = padding
    return jnp.pad(x, pads) if any(padding) else x


def _shifts(x: jax.Array, axis: int, count: int, step: int, size: int) -> list[jax.Array]:
    index = (slice(None),) * axis
    return [x[(*index, slice(i * step, i * step + size))] for i in range(count)]
