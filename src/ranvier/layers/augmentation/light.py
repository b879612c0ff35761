"""Brightness, contrast and saturation of one standardised picture; the amplitude of a signal."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ranvier.layers.augmentation.choices import Augmentation
from ranvier.layers.augmentation.draws import Draws


def relight(augmentation: Augmentation, draws: Draws, picture: jax.Array) -> jax.Array:
    """Float (H, W, channels), as it came; draws are scalars.

    The order is saturation, contrast, brightness. In a standardised picture black is unknown,
    so brightness is added, in standard deviations, where 8-bit pictures would be multiplied.
    Grey is the mean of the channels, each standardised by itself.
    """

    def around(name: str) -> jax.Array:
        most: float = getattr(augmentation, name)
        return (most * (2 * draws[name] - 1)).astype(picture.dtype)

    if augmentation.saturation > 0:
        grey = jnp.mean(picture, axis=2, keepdims=True)  # (H, W, 1)
        picture = grey + (picture - grey) * (1 + around("saturation"))
    if augmentation.contrast > 0:
        mean = jnp.mean(picture)
        picture = mean + (picture - mean) * (1 + around("contrast"))
    if augmentation.brightness > 0:
        picture = picture + around("brightness")
    return picture


def amplify(augmentation: Augmentation, draws: Draws, signal: jax.Array) -> jax.Array:
    """Any shape, times one factor."""
    if augmentation.scale == 0:
        return signal
    factor = 1 + (2 * draws["scale"] - 1) * augmentation.scale
    return signal * factor.astype(signal.dtype)
