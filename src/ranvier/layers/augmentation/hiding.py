"""Parts of one standardised picture set to zero, which is its mean."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from ranvier.layers.augmentation.choices import Augmentation
from ranvier.layers.augmentation.draws import Draws


def hide(augmentation: Augmentation, draws: Draws, picture: jax.Array) -> jax.Array:
    """Float (H, W, channels), as it came; draws are scalars.

    Cutout's middle is any pixel, so at a border less than the square is hidden (DeVries and
    Taylor 2017). Of SpecAugment (Park et al. 2019) one mask along each axis: its length is
    uniform from 0 to the most allowed, then its start among those that fit. Rows are
    frequencies, columns are time.
    """
    height, width = picture.shape[:2]
    if augmentation.cutout > 0:
        square = (
            _square(height, augmentation.cutout, draws["cutout_row"])[:, None]
            & (_square(width, augmentation.cutout, draws["cutout_column"])[None, :])
        )  # (H, W)
        picture = jnp.where(square[:, :, None], jnp.zeros((), picture.dtype), picture)
    for share, axis, name in (
        (augmentation.mask_frequency, 0, "frequency"),
        (augmentation.mask_time, 1, "time"),
    ):
        if share > 0:
            side = picture.shape[axis]
            stretch = _stretch(side, share, draws[f"{name}_length"], draws[f"{name}_start"])
            stretch = jnp.expand_dims(stretch, (1 - axis, 2))  # (H, 1, 1) or (1, W, 1)
            picture = jnp.where(stretch, jnp.zeros((), picture.dtype), picture)
    return picture


def _square(side: int, share: float, number: jax.Array) -> jax.Array:
    """Which places along a side are hidden, bool (side,)."""
    length = max(1, round(share * side))
    middle = jnp.floor(number * side).astype(jnp.int32)
    first = middle - length // 2
    places = lax.iota(jnp.int32, side)
    return (places >= first) & (places < first + length)


def _stretch(side: int, share: float, length: jax.Array, start: jax.Array) -> jax.Array:
    """Which places along a side are hidden, bool (side,)."""
    most = round(share * side)
    long = jnp.floor(length * (most + 1)).astype(jnp.int32)
    first = jnp.floor(start * (side - long + 1).astype(jnp.float32)).astype(jnp.int32)
    places = lax.iota(jnp.int32, side)
    return (places >= first) & (places < first + long)
