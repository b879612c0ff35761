"""Im2col: every window as one row, and one matrix product. The form for any geometry.

The windows are strided slices side by side; the input gradient adds their shares up per
residue of the stride, without scattering.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.bilinear import differentiable
from ranvier.layers.convolution.geometry import Geometry, Pair
from ranvier.layers.convolution.products import over_rows


def patches(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C / groups, O) to (B, H', W', O)."""
    return MAPS.forward(x, kernel, geometry)


def _forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    return _product(_windows(x, kernel.shape[:2], geometry), kernel, geometry)


def _spread(dy: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry) -> jax.Array:
    kh, kw, channels, outputs = kernel.shape
    groups = geometry.groups
    rows = dy.reshape(-1, groups, outputs // groups)
    if groups == 1:
        shares = rows[:, 0] @ kernel.reshape(-1, outputs).T
    else:
        k = kernel.reshape(kh * kw, channels, groups, outputs // groups)
        shares = jnp.einsum("rgo,tcgo->rtgc", rows, k)
    shares = shares.reshape(*dy.shape[:3], kh * kw, groups * channels)
    shape = (len(dy), *size, groups * channels)
    return _gathered(shares, shape, (kh, kw), geometry)


def _overlap(x: jax.Array, dy: jax.Array, taps: Pair, geometry: Geometry) -> jax.Array:
    windows = _windows(x, taps, geometry)
    groups, outputs = geometry.groups, dy.shape[-1]
    channels = x.shape[-1] // groups
    rows = dy.reshape(-1, groups, outputs // groups)
    if groups == 1:
        slope = over_rows(windows.reshape(len(rows), -1), rows[:, 0])
    else:
        w = windows.reshape(len(rows), taps[0] * taps[1], groups, channels)
        slope = jnp.einsum("rtgc,rgo->tcgo", w, rows)
    return slope.reshape(*taps, channels, outputs)


MAPS = differentiable(_forward, _spread, _overlap)


def _windows(x: jax.Array, taps: Sequence[int], geometry: Geometry) -> jax.Array:
    """(B, H', W', kh * kw * C): the taps of a window, row by row."""
    kh, kw = taps
    height, width = geometry.output(x.shape[1:3], (kh, kw))
    (sh, sw), (dh, dw) = geometry.strides, geometry.dilation
    if any(any(pair) for pair in geometry.padding):
        x = jnp.pad(x, ((0, 0), *geometry.padding, (0, 0)))
    seen = [
        x[:, i : i + sh * (height - 1) + 1 : sh, j : j + sw * (width - 1) + 1 : sw]
        for i in range(0, kh * dh, dh)
        for j in range(0, kw * dw, dw)
    ]
    return seen[0] if len(seen) == 1 else jnp.concatenate(seen, axis=-1)


def _product(windows: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    *shape, _ = windows.shape
    kh, kw, channels, outputs = kernel.shape
    groups = geometry.groups
    if groups == 1:
        y = windows.reshape(-1, kh * kw * channels) @ kernel.reshape(-1, outputs)
    else:
        w = windows.reshape(-1, kh * kw, groups, channels)
        k = kernel.reshape(kh * kw, channels, groups, outputs // groups)
        y = jnp.einsum("rtgc,tcgo->rgo", w, k)
    return y.reshape(*shape, outputs)


def _gathered(
    dwindows: jax.Array, shape: tuple[int, ...], taps: Pair, geometry: Geometry
) -> jax.Array:
    """The input gradient: tap i of window o is pixel s o + d i, so it adds to residue d i mod s."""
    (sh, sw), (dh, dw) = geometry.strides, geometry.dilation
    (top, bottom), (left, right) = geometry.padding
    batch, high, wide, channels = shape
    th, tw = -(-(high + top + bottom) // sh), -(-(wide + left + right) // sw)
    sums: list[list[jax.Array | None]] = [[None] * sw for _ in range(sh)]
    for i in range(taps[0]):
        for j in range(taps[1]):
            (qi, ri), (qj, rj) = divmod(i * dh, sh), divmod(j * dw, sw)
            share = _placed(dwindows[..., i * taps[1] + j, :], (qi, qj), (th, tw))
            known = sums[ri][rj]
            sums[ri][rj] = share if known is None else known + share
    none = jnp.zeros((batch, th, tw, channels), dwindows.dtype)
    grid = [[none if s is None else s for s in row] for row in sums]
    if sh * sw == 1:
        padded = grid[0][0]
    else:
        rows = [jnp.stack(row, axis=3) for row in grid]  # each (B, th, tw, sw, C)
        padded = jnp.stack(rows, axis=2).reshape(batch, th * sh, tw * sw, channels)
    return padded[:, top : top + high, left : left + wide]


def _placed(share: jax.Array, at: tuple[int, int], size: tuple[int, int]) -> jax.Array:
    """A (B, h, w, C) array inside zeros of `size`, its first pixel at `at`."""
    pads = [(a, n - a - m) for a, n, m in zip(at, size, share.shape[1:3], strict=True)]
    return jnp.pad(share, ((0, 0), *pads, (0, 0))) if any(map(any, pads)) else share
