"""The input layer of pictures and signals: pixels, standardised by numbers that were learned."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.specification import InputSpec


class PictureInput(nnx.Module):
    """(pixel - center) / scale, for each channel."""

    def __init__(self, spec: InputSpec) -> None:
        self.center, self.scale = spec.image_center, spec.image_scale

    def __call__(self, pixels: jax.Array) -> jax.Array:
        """Uint8 or float (batch, ..., channels) to float of the same shape."""
        dtype = jnp.float32 if pixels.dtype == jnp.uint8 else pixels.dtype
        shape = (1,) * (pixels.ndim - 1) + (-1,)
        factor = jnp.array([1.0 / s for s in self.scale], dtype).reshape(shape)
        shift = jnp.array(
            [-c / s for c, s in zip(self.center, self.scale, strict=True)], dtype
        ).reshape(shape)
        return pixels.astype(dtype) * factor + shift
