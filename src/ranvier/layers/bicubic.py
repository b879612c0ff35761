"""Pictures made smaller or larger by a whole factor, by cubic convolution (Keys 1981).

With a = -0.5, and smoothed by as much as the picture shrinks, as Pillow does it: `reduced` gives
the pixels of Pillow's BICUBIC, for pictures that are batches within a compiled program.
"""

from __future__ import annotations

from functools import lru_cache, reduce

import jax
import jax.numpy as jnp
import numpy as np

SHARPNESS = -0.5  # Keys's a
REACH = 2  # pixels on either side that the kernel sees
TAPS = 2 * REACH + 1  # of all phases together


def reduced(x: jax.Array, factor: int) -> jax.Array:
    """Whole numbers from 0 to 255, (B, H, W, C) to (B, H / factor, W / factor, C), float32.

    Rounded after each of the two directions, as Pillow does with eight bits.
    """
    batch, height, width, channels = x.shape
    x = x.astype(jnp.float32)
    rows, columns = _reducing(height, factor), _reducing(width, factor)
    x = jnp.einsum("bhwc,vw->bhvc", x, columns, precision=jax.lax.Precision.HIGHEST)
    x = jnp.einsum("bhvc,uh->buvc", _whole(x), rows, precision=jax.lax.Precision.HIGHEST)
    return _whole(x).reshape(batch, height // factor, width // factor, channels)


def enlarged(x: jax.Array, factor: int) -> jax.Array:
    """Float (B, H, W, C) to (B, factor H, factor W, C); beyond its edge a picture repeats it."""
    batch, height, width, channels = x.shape
    taps = jnp.asarray(_phases(factor), x.dtype)  # (factor, TAPS)
    around = (REACH, REACH)
    x = jnp.pad(x, ((0, 0), around, around, (0, 0)), mode="edge")
    column = taps.reshape(1, 1, factor, 1, TAPS)
    parts = [x[:, k : k + height, None] * column[..., k : k + 1] for k in range(TAPS)]
    y = reduce(jnp.add, parts).reshape(batch, factor * height, width + 2 * REACH, channels)
    column = taps.reshape(1, 1, 1, factor, TAPS)
    parts = [y[:, :, k : k + width, None] * column[..., k : k + 1] for k in range(TAPS)]
    return reduce(jnp.add, parts).reshape(batch, factor * height, factor * width, channels)


def _whole(x: jax.Array) -> jax.Array:
    return jnp.clip(jnp.floor(x + 0.5), 0.0, 255.0)


@lru_cache(maxsize=32)
def _reducing(side: int, factor: int) -> np.ndarray:
    """Float32 (side / factor, side): what each pixel of the small picture takes from which."""
    centers = factor * (np.arange(side // factor)[:, None] + 0.5)
    taps = _kernel((np.arange(side)[None] + 0.5 - centers) / factor)
    matrix: np.ndarray = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return matrix


@lru_cache(maxsize=32)
def _phases(factor: int) -> np.ndarray:
    """Float32 (factor, TAPS): how each of the new pixels is made of those around the old one."""
    centers = (np.arange(factor)[:, None] + 0.5) / factor - 0.5
    taps = _kernel(np.arange(-REACH, REACH + 1)[None] - centers)
    phases: np.ndarray = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return phases


def _kernel(t: np.ndarray) -> np.ndarray:
    a, t = SHARPNESS, np.abs(t)
    near = (a + 2) * t**3 - (a + 3) * t**2 + 1
    far = a * (t**3 - 5 * t**2 + 8 * t - 4)
    return np.where(t <= 1, near, np.where(t < 2, far, 0.0))
