"""Winograd's filtering for a kernel of 4×4 that moves two pixels at a time.

Blocks of 2×2 pixels, taken for the channels of one (space to depth: Shi et al. 2016), make it a
2×2 kernel that moves by one. Along both axes `tiles` makes four products of six: of 7×7 outputs
100 of 196 products are left, of 16×16 484 of 1,024. See there for the transforms, and `winograd`
for the 3×3 kernel that moves by one.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

from ranvier.layers.convolution import tiles
from ranvier.layers.convolution.bilinear import differentiable
from ranvier.layers.convolution.geometry import Geometry, Pair

Grid = list[tiles.Points]  # by the points of both axes, each an array over all tiles, or none
TAPS = (4, 4)


def winograd_strided(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (4, 4, C, O) to (B, H', W', O), two outputs along each axis at least.

    Stride 2, one group, no dilation.
    """
    return MAPS.forward(x, kernel, geometry)


def _forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    size = geometry.output(x.shape[1:3], TAPS)
    v, u = _spread_out(tiles.of_blocks, _blocks(x, geometry, size), size), _of_kernel(kernel)
    return _brought_together(tiles.to_outputs, _each(_product, v, u), size)


def _spread(dy: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry) -> jax.Array:
    outputs = dy.shape[1], dy.shape[2]
    dm, u = _spread_out(tiles.of_outputs, dy, outputs), _of_kernel(kernel)
    dv = _each(lambda dm, u: _product(dm, u.T), dm, u)
    blocks = _brought_together(tiles.to_blocks, dv, outputs)
    batch, rows, columns, _ = blocks.shape
    pixels = blocks.reshape(batch, rows, columns, 2, 2, -1).swapaxes(2, 3)
    pixels = pixels.reshape(batch, 2 * rows, 2 * columns, -1)
    (top, _), (left, _) = geometry.padding
    pixels = pixels[:, top : top + size[0], left : left + size[1]]
    unseen = [(0, n - m) for n, m in zip(size, pixels.shape[1:3], strict=True)]
    return jnp.pad(pixels, ((0, 0), *unseen, (0, 0)))


def _overlap(x: jax.Array, dy: jax.Array, taps: Pair, geometry: Geometry) -> jax.Array:
    del taps
    outputs = dy.shape[1], dy.shape[2]
    v = _spread_out(tiles.of_blocks, _blocks(x, geometry, outputs), outputs)
    du = _each(_over_tiles, v, _spread_out(tiles.of_outputs, dy, outputs))
    none = jnp.zeros((4 * x.shape[3], dy.shape[3]), x.dtype)
    by_row = [tiles.to_kernel([none if a is None else a for a in row]) for row in du]
    g = [tiles.to_kernel([row[j] for row in by_row]) for j in range(2)]  # column, row
    both = jnp.stack([jnp.stack(column) for column in g], axis=1)  # (2, 2, 4 C, O)
    both = both.reshape(2, 2, 2, 2, x.shape[3], dy.shape[3])
    return both.swapaxes(1, 2).reshape(*TAPS, x.shape[3], dy.shape[3])


MAPS = differentiable(_forward, _spread, _overlap)


def _blocks(x: jax.Array, geometry: Geometry, outputs: Pair) -> jax.Array:
    """(B, H' + 1, W' + 1, 4 C)."""
    batch, *size, channels = x.shape
    rows, columns = outputs[0] + 1, outputs[1] + 1
    (top, _), (left, _) = geometry.padding
    after = max(2 * rows - size[0] - top, 0), max(2 * columns - size[1] - left, 0)
    x = jnp.pad(x, ((0, 0), (top, after[0]), (left, after[1]), (0, 0)))
    x = x[:, : 2 * rows, : 2 * columns].reshape(batch, rows, 2, columns, 2 * channels)
    return x.swapaxes(2, 3).reshape(batch, rows, columns, 4 * channels)


def _of_kernel(kernel: jax.Array) -> Grid:
    """U, each (4 C, O)."""
    *_, channels, outputs = kernel.shape
    g = kernel.reshape(2, 2, 2, 2, channels, outputs).swapaxes(1, 2)
    g = g.reshape(2, 2, 4 * channels, outputs)
    columns = [tiles.of_kernel([g[0, j], g[1, j]]) for j in range(2)]
    return [[*tiles.of_kernel([column[i] for column in columns])] for i in range(tiles.POINTS)]


def _spread_out(
    transform: Callable[[jax.Array, int, int], tiles.Points], x: jax.Array, outputs: Pair
) -> Grid:
    """V or dM, each (B, tiles, tiles, channels)."""
    rows = transform(x, outputs[0], 1)
    nothing: tiles.Points = [None] * tiles.POINTS
    return [nothing if row is None else transform(row, outputs[1], 2) for row in rows]


def _brought_together(
    transform: Callable[[tiles.Points, int, int], jax.Array], grid: Grid, outputs: Pair
) -> jax.Array:
    rows: tiles.Points = [None if row[0] is None else transform(row, outputs[1], 2) for row in grid]
    return transform(rows, outputs[0], 1)


def _each(function: Callable[[jax.Array, jax.Array], jax.Array], one: Grid, other: Grid) -> Grid:
    return [
        [
            None if a is None or b is None else function(a, b)
            for a, b in zip(row, beside, strict=True)
        ]
        for row, beside in zip(one, other, strict=True)
    ]


def _product(v: jax.Array, u: jax.Array) -> jax.Array:
    return (v.reshape(-1, v.shape[-1]) @ u).reshape(*v.shape[:-1], u.shape[1])


def _over_tiles(v: jax.Array, dm: jax.Array) -> jax.Array:
    return v.reshape(-1, v.shape[-1]).T @ dm.reshape(-1, dm.shape[-1])
