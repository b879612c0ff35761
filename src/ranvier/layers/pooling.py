"""Pooling: the largest or the mean value of each window of an image or a signal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp

from ranvier.layers.marking import marked

Pair = tuple[int, int]


def max_pool(
    x: jax.Array, window: int | Sequence[int], strides: int | Sequence[int] | None = None
) -> jax.Array:
    """The largest value of each window.

    Of equal values the first of the window, row by row, takes the whole gradient, as in
    PyTorch and XLA.

    Args:
        x: images (B, H, W, C) or signals (B, T, C).
        window: pixels of a window, one number or one per axis.
        strides: pixels from one window to the next; None: windows side by side.

    Returns:
        (B, H', W', C) or (B, T', C), where H' = (H - window) // strides + 1: pixels at the
        end that fill no window are left out.
    """
    return _marked("max_pool", _largest, x, window, strides)


def average_pool(
    x: jax.Array, window: int | Sequence[int], strides: int | Sequence[int] | None = None
) -> jax.Array:
    """The mean of each window; arguments and result as those of `max_pool`."""
    return _marked("average_pool", _mean, x, window, strides)


def _marked(
    kind: str,
    pool: Callable[[jax.Array, Pair, Pair], jax.Array],
    x: jax.Array,
    window: int | Sequence[int],
    strides: int | Sequence[int] | None,
) -> jax.Array:
    sizes, steps, _ = _as_image(x, window, strides)

    def pooled(x: jax.Array) -> jax.Array:
        y = pool(_as_image(x, window, strides)[2], sizes, steps)
        return y[:, 0] if x.ndim == 3 else y

    rank = x.ndim - 2
    y: jax.Array = marked(kind, pooled, x, window=sizes[-rank:], strides=steps[-rank:])
    return y


def _mean(x: jax.Array, sizes: Pair, steps: Pair) -> jax.Array:
    taps = _taps(x, sizes, steps)
    return sum(taps[1:], start=taps[0]) * (1.0 / len(taps))


def global_average_pool(x: jax.Array) -> jax.Array:
    """The mean over all pixels, (B, H, W, C) or (B, T, C) to (B, C)."""
    return x.mean(axis=tuple(range(1, x.ndim - 1)))


@partial(jax.custom_vjp, nondiff_argnums=(1, 2))
def _largest(x: jax.Array, sizes: Pair, steps: Pair) -> jax.Array:
    first, *others = _taps(x, sizes, steps)
    for tap in others:
        first = jnp.maximum(first, tap)
    return first


def _forward(
    x: jax.Array, sizes: Pair, steps: Pair
) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    y = _largest(x, sizes, steps)
    return y, (x, y)


def _backward(
    sizes: Pair, steps: Pair, kept: tuple[jax.Array, jax.Array], dy: jax.Array
) -> tuple[jax.Array]:
    x, y = kept
    taken = jnp.zeros(y.shape, bool)
    none = jnp.zeros((), dy.dtype)
    shares = []
    for tap in _taps(x, sizes, steps):
        here = (tap == y) & ~taken
        taken = taken | here
        shares.append(jnp.where(here, dy, none))
    return (_spread(shares, x.shape, sizes, steps),)


_largest.defvjp(_forward, _backward)


def _taps(x: jax.Array, sizes: Pair, steps: Pair) -> list[jax.Array]:
    """Pixel (i, j) of every window, row by row, each (B, H', W', C)."""
    (kh, kw), (sh, sw) = sizes, steps
    height, width = (x.shape[1] - kh) // sh + 1, (x.shape[2] - kw) // sw + 1
    return [
        x[:, i : i + sh * (height - 1) + 1 : sh, j : j + sw * (width - 1) + 1 : sw]
        for i in range(kh)
        for j in range(kw)
    ]


def _spread(
    shares: Sequence[jax.Array], shape: tuple[int, ...], sizes: Pair, steps: Pair
) -> jax.Array:
    """The transpose of `_taps`: pixel i of window o is s o + i, so it adds to residue i mod s."""
    batch, high, wide, channels = shape
    (kh, kw), (sh, sw) = sizes, steps
    height, width = shares[0].shape[1:3]
    th, tw = height + (kh - 1) // sh, width + (kw - 1) // sw
    sums: list[list[jax.Array | None]] = [[None] * sw for _ in range(sh)]
    for i in range(kh):
        for j in range(kw):
            (qi, ri), (qj, rj) = divmod(i, sh), divmod(j, sw)
            pads = ((0, 0), (qi, th - qi - height), (qj, tw - qj - width), (0, 0))
            share = (
                jnp.pad(shares[i * kw + j], pads)
                if (th, tw) != (height, width)
                else (shares[i * kw + j])
            )
            known = sums[ri][rj]
            sums[ri][rj] = share if known is None else known + share
    none = jnp.zeros((batch, th, tw, channels), shares[0].dtype)
    rows = [jnp.stack([none if s is None else s for s in row], axis=3) for row in sums]
    full = jnp.stack(rows, axis=2).reshape(batch, th * sh, tw * sw, channels)
    full = full[:, :high, :wide]
    left = ((0, 0), (0, high - full.shape[1]), (0, wide - full.shape[2]), (0, 0))
    return jnp.pad(full, left) if full.shape != shape else full


def _as_image(
    x: jax.Array, window: int | Sequence[int], strides: int | Sequence[int] | None
) -> tuple[Pair, Pair, jax.Array]:
    rank = x.ndim - 2
    if rank not in (1, 2):
        raise ValueError(f"pooling takes (B, H, W, C) or (B, T, C), got {x.shape}")
    sizes = _per_axis(window, rank)
    steps = sizes if strides is None else _per_axis(strides, rank)
    if any(n < k for n, k in zip(x.shape[1:-1], sizes, strict=True)):
        raise ValueError(f"a window of {window} does not fit into {x.shape[1:-1]} pixels")
    if rank == 1:
        return (1, sizes[0]), (1, steps[0]), x[:, None]
    return (sizes[0], sizes[1]), (steps[0], steps[1]), x


def _per_axis(value: int | Sequence[int], rank: int) -> tuple[int, ...]:
    values = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(values) != rank or min(values) < 1:
        raise ValueError(f"expected one number of at least 1 per axis, {rank} in all, got {value}")
    return values
