"""Winograd's filtering F(2×2, 2×2) for a kernel of 4×4 that moves two pixels at a time.

Blocks of 2×2 pixels, taken for the channels of one (space to depth: Shi et al. 2016), make it a
2×2 kernel g that moves by one. For each 3×3 tile d of blocks, two further than the last,

    Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A

is a 2×2 tile of the output: nine matrix products where sixteen were. The transforms add and
subtract only. See `winograd` for the gradients, which work alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.bilinear import differentiable
from ranvier.layers.convolution.geometry import Geometry, Pair

Grid = list[list[jax.Array]]  # of a tile's blocks or frequencies, each an array over all tiles
TAPS = (4, 4)


def winograd_strided(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (4, 4, C, O) to (B, H', W', O); stride 2, one group, no dilation."""
    return MAPS.forward(x, kernel, geometry)


def _forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    height, width = geometry.output(x.shape[1:3], TAPS)
    v, u = _of_image(x, geometry), _of_kernel(kernel)
    shape = (len(x), -(-height // 2), -(-width // 2), kernel.shape[3])
    m = [[(v[i][j] @ u[i][j]).reshape(shape) for j in range(3)] for i in range(3)]
    return _interleaved(_both(_at, m))[:, :height, :width]


def _spread(dy: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry) -> jax.Array:
    channels = kernel.shape[2]
    th, tw = -(-dy.shape[1] // 2), -(-dy.shape[2] // 2)
    dm, u = _of_output(dy), _of_kernel(kernel)
    shape = (len(dy), th, tw, 4 * channels)
    dv = [[(dm[i][j] @ u[i][j].T).reshape(shape) for j in range(3)] for i in range(3)]
    by_row = [_overlapped(_b([dv[i][j] for i in range(3)]), axis=1) for j in range(3)]
    parities = [_overlapped(_b([by_row[j][i] for j in range(3)]), axis=2) for i in range(2)]
    blocks = _interleaved(parities)  # (B, 2 th + 2, 2 tw + 2, 4 C), the last ones empty
    pixels = blocks.reshape(*blocks.shape[:3], 2, 2, channels).swapaxes(2, 3)
    pixels = pixels.reshape(len(dy), 2 * blocks.shape[1], 2 * blocks.shape[2], channels)
    (top, _), (left, _) = geometry.padding
    return pixels[:, top : top + size[0], left : left + size[1]]


def _overlap(x: jax.Array, dy: jax.Array, taps: Pair, geometry: Geometry) -> jax.Array:
    del taps
    v, dm = _of_image(x, geometry), _of_output(dy)
    du = _both(_gt, [[v[i][j].T @ dm[i][j] for j in range(3)] for i in range(3)])
    g = jnp.stack([jnp.stack(row) for row in du])  # (2, 2, 4 C, O)
    g = g.reshape(2, 2, 2, 2, x.shape[3], dy.shape[3])
    return g.transpose(0, 2, 1, 3, 4, 5).reshape(4, 4, *g.shape[4:])


MAPS = differentiable(_forward, _spread, _overlap)


def _of_image(x: jax.Array, geometry: Geometry) -> Grid:
    """V, each (tiles, 4 C)."""
    batch, *size, channels = x.shape
    high, wide = (2 * (2 * -(-n // 2) + 1) for n in geometry.output(size, TAPS))
    (top, _), (left, _) = geometry.padding
    after = max(high - size[0] - top, 0), max(wide - size[1] - left, 0)
    x = jnp.pad(x, ((0, 0), (top, after[0]), (left, after[1]), (0, 0)))[:, :high, :wide]
    rows, columns = x.shape[1] // 2, x.shape[2] // 2
    blocks = x.reshape(batch, rows, 2, columns, 2 * channels).swapaxes(2, 3)
    blocks = blocks.reshape(batch, rows, columns, 4 * channels)
    tiles = [
        [blocks[:, i : i + rows - 2 : 2, j : j + columns - 2 : 2] for j in range(3)]
        for i in range(3)
    ]
    return [[a.reshape(-1, 4 * channels) for a in row] for row in _both(_bt, tiles)]


def _of_kernel(kernel: jax.Array) -> Grid:
    """U, each (4 C, O)."""
    *_, channels, outputs = kernel.shape
    g = kernel.reshape(2, 2, 2, 2, channels, outputs).swapaxes(1, 2)
    g = g.reshape(2, 2, 4 * channels, outputs)
    return _both(_g, [[g[i, j] for j in range(2)] for i in range(2)])


def _of_output(dy: jax.Array) -> Grid:
    """dM, each (tiles, O)."""
    _, height, width, outputs = dy.shape
    dy = jnp.pad(dy, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)))
    pixels = [[dy[:, i::2, j::2] for j in range(2)] for i in range(2)]
    return [[a.reshape(-1, outputs) for a in row] for row in _both(_a, pixels)]


def _g(k: Sequence[jax.Array]) -> list[jax.Array]:
    return [k[0], k[0] + k[1], k[1]]


def _gt(u: Sequence[jax.Array]) -> list[jax.Array]:
    return [u[0] + u[1], u[1] + u[2]]


def _bt(d: Sequence[jax.Array]) -> list[jax.Array]:
    return [d[0] - d[1], d[1], d[2] - d[1]]


def _b(v: Sequence[jax.Array]) -> list[jax.Array]:
    return [v[0], v[1] - v[0] - v[2], v[2]]


def _at(m: Sequence[jax.Array]) -> list[jax.Array]:
    return [m[0] + m[1], m[1] + m[2]]


def _a(y: Sequence[jax.Array]) -> list[jax.Array]:
    return [y[0], y[0] + y[1], y[1]]


def _both(transform: Callable[[Sequence[jax.Array]], list[jax.Array]], grid: Grid) -> Grid:
    """The transform along the columns of a grid, then along its rows."""
    columns = [transform([row[j] for row in grid]) for j in range(len(grid[0]))]
    return [transform([column[i] for column in columns]) for i in range(len(columns[0]))]


def _overlapped(tiles: Sequence[jax.Array], axis: int) -> list[jax.Array]:
    """Even and odd blocks along an axis: a tile's last block is the first of the next."""
    return [_longer(tiles[0], axis, 0) + _longer(tiles[2], axis, 1), _longer(tiles[1], axis, 0)]


def _longer(a: jax.Array, axis: int, before: int) -> jax.Array:
    """One zero more along an axis, before or after."""
    pads = [(0, 0)] * a.ndim
    pads[axis] = (before, 1 - before)
    return jnp.pad(a, pads)


def _interleaved(parities: Grid) -> jax.Array:
    """2×2 arrays (B, h, w, C), by the parity of row and column, to (B, 2h, 2w, C)."""
    batch, th, tw, channels = parities[0][0].shape
    pairs = [jnp.stack(row, axis=3) for row in parities]  # each (B, h, w, 2, C)
    return jnp.stack(pairs, axis=2).reshape(batch, 2 * th, 2 * tw, channels)
