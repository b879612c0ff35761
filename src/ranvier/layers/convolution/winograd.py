"""Winograd's minimal filtering F(2×2, 3×3): sixteen products where nine would take thirty-six.

Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks". For each 4×4 tile d
of the input, two pixels further than the last, and a kernel g,

    Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A

is a 2×2 tile of the output; over all channels the product ⊙ is sixteen matrix products. The
gradients share dM = A dY Aᵀ: of the kernel, G (VᵀdM) Gᵀ; of the input, the tiles B (dM Uᵀ) Bᵀ,
which overlap by two pixels and are added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.bilinear import differentiable
from ranvier.layers.convolution.geometry import Geometry, Pair

Grid = list[list[jax.Array]]  # of a tile's pixels or frequencies, each an array over all tiles


def winograd(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """(B, H, W, C) and (3, 3, C, O) to (B, H, W, O); stride 1, one zero around the image.

    An odd height or width is padded to an even one and cropped. Exact up to rounding, which
    is a few times that of a direct sum.
    """
    return MAPS.forward(x, kernel, Geometry(padding=((1, 1), (1, 1))))


def _forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    del geometry  # the only one
    batch, height, width, _ = x.shape
    th, tw = -(-height // 2), -(-width // 2)
    v, u = _of_image(x), _of_kernel(kernel)
    shape = (batch, th, tw, kernel.shape[-1])
    m = [[(v[i][j] @ u[i][j]).reshape(shape) for j in range(4)] for i in range(4)]
    return _interleaved(_both(_at, m))[:, :height, :width]


def _spread(dy: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry) -> jax.Array:
    del geometry
    height, width = size
    shape = (len(dy), -(-height // 2), -(-width // 2), kernel.shape[2])
    dm, u = _of_output(dy), _of_kernel(kernel)
    dv = [[(dm[i][j] @ u[i][j].T).reshape(shape) for j in range(4)] for i in range(4)]
    by_row = [_overlapped(_b([dv[i][j] for i in range(4)]), axis=1) for j in range(4)]
    parities = [_overlapped(_b([by_row[j][i] for j in range(4)]), axis=2) for i in range(2)]
    return _interleaved(parities)[:, :height, :width]


def _overlap(x: jax.Array, dy: jax.Array, taps: Pair, geometry: Geometry) -> jax.Array:
    del taps, geometry
    v, dm = _of_image(x), _of_output(dy)
    du = [[v[i][j].T @ dm[i][j] for j in range(4)] for i in range(4)]
    return jnp.stack([jnp.stack(row) for row in _both(_gt, du)])


MAPS = differentiable(_forward, _spread, _overlap)


def _of_image(x: jax.Array) -> Grid:
    """V, each (tiles, C)."""
    _, height, width, channels = x.shape
    th, tw = -(-height // 2), -(-width // 2)
    padded = jnp.pad(x, ((0, 0), (1, 1 + height % 2), (1, 1 + width % 2), (0, 0)))
    tiles = [
        [padded[:, i : i + 2 * th - 1 : 2, j : j + 2 * tw - 1 : 2] for j in range(4)]
        for i in range(4)
    ]
    return [[a.reshape(-1, channels) for a in row] for row in _both(_bt, tiles)]


def _of_kernel(kernel: jax.Array) -> Grid:
    """U, each (C, O)."""
    return _both(_g, [[kernel[i, j] for j in range(3)] for i in range(3)])


def _of_output(dy: jax.Array) -> Grid:
    """dM, each (tiles, O)."""
    _, height, width, outputs = dy.shape
    dy = jnp.pad(dy, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)))
    pixels = [[dy[:, i::2, j::2] for j in range(2)] for i in range(2)]
    return [[a.reshape(-1, outputs) for a in row] for row in _both(_a, pixels)]


def _g(k: Sequence[jax.Array]) -> list[jax.Array]:
    ends = k[0] + k[2]
    return [k[0], 0.5 * (ends + k[1]), 0.5 * (ends - k[1]), k[2]]


def _gt(u: Sequence[jax.Array]) -> list[jax.Array]:
    middle = 0.5 * (u[1] + u[2])
    return [u[0] + middle, 0.5 * (u[1] - u[2]), middle + u[3]]


def _bt(d: Sequence[jax.Array]) -> list[jax.Array]:
    return [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]


def _b(v: Sequence[jax.Array]) -> list[jax.Array]:
    return [v[0], v[1] - v[2] + v[3], v[1] + v[2] - v[0], -v[3]]


def _at(m: Sequence[jax.Array]) -> list[jax.Array]:
    return [m[0] + m[1] + m[2], m[1] - m[2] - m[3]]


def _a(y: Sequence[jax.Array]) -> list[jax.Array]:
    return [y[0], y[0] + y[1], y[0] - y[1], -y[1]]


def _both(transform: Callable[[Sequence[jax.Array]], list[jax.Array]], grid: Grid) -> Grid:
    """The transform along the columns of a grid, then along its rows."""
    columns = [transform([row[j] for row in grid]) for j in range(len(grid[0]))]
    return [transform([column[i] for column in columns]) for i in range(len(columns[0]))]


def _overlapped(tiles: Sequence[jax.Array], axis: int) -> list[jax.Array]:
    """Even and odd pixels of the image from the four pixels of tiles along an axis.

    Pixel 0 of a tile lies one before pixel 0 of its output, so it is the last of the tile
    before, and pixel 3 is the first of the tile after.
    """
    return [tiles[1] + _moved(tiles[3], axis, 1), tiles[2] + _moved(tiles[0], axis, -1)]


def _moved(a: jax.Array, axis: int, by: int) -> jax.Array:
    """Shifted by one along an axis; zeros come in."""
    pads = [(0, 0)] * a.ndim
    pads[axis] = (1, 0) if by > 0 else (0, 1)
    index = [slice(None)] * a.ndim
    index[axis] = slice(None, -1) if by > 0 else slice(1, None)
    return jnp.pad(a, pads)[tuple(index)]


def _interleaved(parities: Grid) -> jax.Array:
    """2×2 arrays (B, h, w, C), by the parity of row and column, to (B, 2h, 2w, C)."""
    batch, th, tw, channels = parities[0][0].shape
    pairs = [jnp.stack(row, axis=3) for row in parities]  # each (B, h, w, 2, C)
    return jnp.stack(pairs, axis=2).reshape(batch, 2 * th, 2 * tw, channels)
