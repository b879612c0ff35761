"""Winograd's filtering F(3, 2), and F(2, 2) for what is left, along one axis.

A kernel of two taps g over n + 1 blocks x has n outputs. Tiles of three outputs cover them, and
one or two of two outputs the end, so that nothing is padded. For blocks d of a tile of three,

    y0 = m0 + m1 + m2    m0 = (d0 - d2) g0              at 0
    y1 = m1 - m2         m1 = (d1 + d2) (g0 + g1) / 2   at 1
    y2 = m1 + m2 + m3    m2 = (d2 - d1) (g0 - g1) / 2   at -1
                         m3 = (d3 - d1) g1              at infinity

(Lavin and Gray 2016), four products for six; for blocks e of a tile of two, m0 = (e0 - e1) g0,
m1 = 2 e1 (g0 + g1) / 2 and m3 = (e2 - e1) g1, three for four. At each point the products of all
tiles stand side by side: those of three, then those of two, of which the third point has none.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

POINTS = 4
Points = list[jax.Array | None]


def counts(outputs: int) -> tuple[int, int]:
    """How many tiles of three and of two outputs cover so many, two at least."""
    twos = (0, 2, 1)[outputs % 3]
    return (outputs - 2 * twos) // 3, twos


def of_blocks(x: jax.Array, outputs: int, axis: int) -> Points:
    """What of the blocks is multiplied at each point; outputs + 1 blocks along the axis."""
    threes, twos = counts(outputs)
    three: Points = [None] * POINTS
    two: Points = [None] * POINTS
    if threes:
        d = [_every(x, axis, i, threes, 3) for i in range(4)]
        three = [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[3] - d[1]]
    if twos:
        e = [_every(x, axis, 3 * threes + i, twos, 2) for i in range(3)]
        two = [e[0] - e[1], 2 * e[1], None, e[2] - e[1]]
    return [_joined(pair, axis) for pair in zip(three, two, strict=True)]


def of_kernel(g: Sequence[jax.Array]) -> list[jax.Array]:
    """What of the two taps is multiplied at each point."""
    return [g[0], 0.5 * (g[0] + g[1]), 0.5 * (g[0] - g[1]), g[1]]


def to_outputs(m: Points, outputs: int, axis: int) -> jax.Array:
    """The outputs from the products."""
    three, two = _parted(m, outputs, axis)
    parts: Points = []
    if three:
        both = three[1] + three[2]
        parts.append(_alternating([three[0] + both, three[1] - three[2], both + three[3]], axis))
    if two:
        parts.append(_alternating([two[0] + two[1], two[1] + two[3]], axis))
    return _one(parts, axis)


def of_outputs(dy: jax.Array, outputs: int, axis: int) -> Points:
    """The gradient of the products from that of the outputs."""
    threes, twos = counts(outputs)
    three: Points = [None] * POINTS
    two: Points = [None] * POINTS
    if threes:
        t = [_every(dy, axis, i, threes, 3) for i in range(3)]
        ends = t[0] + t[2]
        three = [t[0], ends + t[1], ends - t[1], t[2]]
    if twos:
        s = [_every(dy, axis, 3 * threes + i, twos, 2) for i in range(2)]
        two = [s[0], s[0] + s[1], None, s[1]]
    return [_joined(pair, axis) for pair in zip(three, two, strict=True)]


def to_kernel(du: Sequence[jax.Array]) -> list[jax.Array]:
    """The gradient of the two taps from that at the points."""
    return [du[0] + 0.5 * (du[1] + du[2]), 0.5 * (du[1] - du[2]) + du[3]]


def to_blocks(dv: Points, outputs: int, axis: int) -> jax.Array:
    """The gradient of the blocks; the last one of a tile is the first of the next."""
    three, two = _parted(dv, outputs, axis)
    threes, twos = counts(outputs)
    parts: Points = []
    last: jax.Array | None = None  # of the tiles so far, one block
    if three:
        first = three[0]
        if threes > 1:
            first = first + _after_zeros(_every(three[3], axis, 0, threes - 1, 1), axis, 1)
        middle = three[1] - three[2] - three[3], three[1] + three[2] - three[0]
        parts.append(_alternating([first, *middle], axis))
        last = _every(three[3], axis, threes - 1, 1, 1)
    if two:
        before = [] if last is None else [last]
        if twos > 1:
            before.append(_every(two[3], axis, 0, twos - 1, 1))
        first = two[0]
        if before:
            shared = _one(before, axis)
            first = first + _after_zeros(shared, axis, twos - shared.shape[axis])
        parts.append(_alternating([first, 2 * two[1] - two[0] - two[3]], axis))
        last = _every(two[3], axis, twos - 1, 1, 1)
    return _one([*parts, last], axis)


def _parted(m: Points, outputs: int, axis: int) -> tuple[list[jax.Array], list[jax.Array]]:
    """Those of the tiles of three and of two, empty where there are none.

    Of the latter the third is a stand-in, which is not read.
    """
    threes, twos = counts(outputs)
    known = [m[0] if a is None else a for a in m]
    three = [_every(a, axis, 0, threes, 1) for a in known if a is not None] if threes else []
    starts = [threes, threes, 0, threes]
    two = [
        _every(a, axis, start, twos, 1)
        for a, start, number in zip(known, starts, range(POINTS), strict=True)
        if a is not None and number != 2
    ]
    return three, [*two[:2], two[0], *two[2:]] if twos else []


def _every(x: jax.Array, axis: int, start: int, count: int, step: int) -> jax.Array:
    index = [slice(None)] * x.ndim
    index[axis] = slice(start, start + step * (count - 1) + 1, step)
    return x[tuple(index)]


def _alternating(parts: Sequence[jax.Array], axis: int) -> jax.Array:
    """The first of each, the second of each, ..."""
    shape = list(parts[0].shape)
    shape[axis] *= len(parts)
    return jnp.stack(parts, axis + 1).reshape(shape)


def _after_zeros(a: jax.Array, axis: int, count: int) -> jax.Array:
    pads = [(0, 0)] * a.ndim
    pads[axis] = (count, 0)
    return jnp.pad(a, pads)


def _joined(parts: Sequence[jax.Array | None], axis: int) -> jax.Array | None:
    return _one(parts, axis) if any(part is not None for part in parts) else None


def _one(parts: Sequence[jax.Array | None], axis: int) -> jax.Array:
    known = [part for part in parts if part is not None]
    return known[0] if len(known) == 1 else jnp.concatenate(known, axis)
