"""The gradient of the kernel of few channels, as one product of matrices.

    dk = columns · dy

The columns are what each weight has seen: a picture of one channel, moved by each tap of the
kernel. Channels first they are plain copies of rows, and the product reads both of its sides in
the order in which they lie. With more channels and taps there would be too much to copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.geometry import Geometry

FEW = 36  # columns: 3×3 of four channels
MOST = 2**24  # numbers in all columns: 64 MiB


def suits(kernel: Sequence[int], outputs: Sequence[int]) -> bool:
    """Whether a kernel (kh, kw, C, O) has few columns for (B, H', W', O), and short ones."""
    columns = prod(kernel[:3])
    return columns <= FEW and columns * prod(outputs[:3]) <= MOST


def kernel_gradient(
    x: jax.Array, dy: jax.Array, taps: Sequence[int], geometry: Geometry
) -> jax.Array:
    """(B, H, W, C) and (B, H', W', O) to (kh, kw, C, O); stride 1, one group."""
    (kh, kw), (dh, dw) = taps, geometry.dilation
    _, height, width, outputs = dy.shape
    planes = jnp.pad(x.transpose(3, 0, 1, 2), ((0, 0), (0, 0), *geometry.padding))
    columns = jnp.stack([
        planes[:, :, i * dh : i * dh + height, j * dw : j * dw + width]
        for i in range(kh)
        for j in range(kw)
    ])  # fmt: skip
    # Written to memory first: a product that reads through the slices is slow.
    columns = jax.lax.optimization_barrier(columns.reshape(kh * kw * x.shape[3], -1))
    gradient: jax.Array = columns @ dy.reshape(-1, outputs)
    return gradient.reshape(kh, kw, -1, outputs)
