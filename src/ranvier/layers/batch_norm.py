"""Batch normalisation of images, signals and vectors."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from flax import nnx

Statistics = tuple[jax.Array, jax.Array]


class BatchNorm(nnx.Module):
    """Each channel less its mean over its standard deviation (Ioffe and Szegedy 2015).

    The mean and the variance are those of the batch in training, and their running averages
    after `.eval()`. The same numbers as `nnx.BatchNorm` with a gradient of two passes over the
    batch instead of five.

    Attributes:
        scale: float32 (channels,), 1 at first.
        bias: float32 (channels,), 0 at first.
        mean: float32 (channels,), the running mean.
        var: float32 (channels,), the running variance.
    """

    def __init__(
        self, channels: int, *, momentum: float = 0.9, epsilon: float = 1e-5, rngs: nnx.Rngs
    ) -> None:
        del rngs
        self.scale = nnx.Param(jnp.ones(channels))
        self.bias = nnx.Param(jnp.zeros(channels))
        self.mean = nnx.BatchStat(jnp.zeros(channels))
        self.var = nnx.BatchStat(jnp.ones(channels))
        self.momentum = momentum
        self.epsilon = epsilon
        self.use_running_average = False

    def __call__(self, x: jax.Array) -> jax.Array:
        """(B, ..., channels), as it came."""
        scale, bias = (p[...].astype(jnp.float32) for p in (self.scale, self.bias))
        if self.use_running_average:
            factor = scale * jax.lax.rsqrt(self.var[...] + self.epsilon)
            return _scaled(x, factor, bias - self.mean[...] * factor)
        y, mean, var = normalised(x, scale, bias, self.epsilon)
        for average, value in ((self.mean, mean), (self.var, var)):
            latest = self.momentum * average[...] + (1.0 - self.momentum) * value
            average[...] = jax.lax.stop_gradient(latest)
        return y


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def normalised(
    x: jax.Array, scale: jax.Array, bias: jax.Array, epsilon: float
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The batch normalised, its mean and its variance; the latter two have no gradient.

    (B, ..., C) and float32 (C,) twice, to (B, ..., C) and float32 (C,) twice.
    """
    return _forward(x, scale, bias, epsilon)[0]


def _forward(
    x: jax.Array, scale: jax.Array, bias: jax.Array, epsilon: float
) -> tuple[tuple[jax.Array, jax.Array, jax.Array], tuple[jax.Array, ...]]:
    rows = x.reshape(-1, x.shape[-1]).astype(jnp.float32)
    mean = rows.mean(axis=0)
    # One pass: the mean of squares less the square of the mean, which rounding may make negative.
    var = jnp.maximum(0.0, jnp.square(rows).mean(axis=0) - jnp.square(mean))
    inverse = jax.lax.rsqrt(var + epsilon)
    factor = scale * inverse
    y = _scaled(x, factor, bias - mean * factor)
    return (y, mean, var), (x, mean, inverse, factor)


def _backward(
    epsilon: float, kept: tuple[jax.Array, ...], slopes: tuple[jax.Array, jax.Array, jax.Array]
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """With z = (x - mean) / σ:  dx = scale / σ (dy - mean(dy) - z mean(dy z))."""
    x, mean, inverse, factor = kept
    dy = slopes[0]
    channels = x.shape[-1]
    rows = x.reshape(-1, channels).astype(jnp.float32)
    dy_rows = dy.reshape(-1, channels).astype(jnp.float32)
    total = dy_rows.sum(axis=0)
    with_x = (dy_rows * rows).sum(axis=0)
    dscale = (with_x - mean * total) * inverse
    # dx = factor dy + slope x + offset, in one pass
    slope = -factor * inverse * dscale / len(rows)
    offset = -factor * total / len(rows) - slope * mean
    shape = (1,) * (x.ndim - 1) + (-1,)
    dx = (
        dy.astype(jnp.float32) * factor.reshape(shape)
        + x.astype(jnp.float32) * slope.reshape(shape)
        + offset.reshape(shape)
    )
    return dx.astype(x.dtype), dscale, total


normalised.defvjp(_forward, _backward)


def _scaled(x: jax.Array, factor: jax.Array, offset: jax.Array) -> jax.Array:
    shape = (1,) * (x.ndim - 1) + (-1,)
    y = x.astype(jnp.float32) * factor.reshape(shape) + offset.reshape(shape)
    return y.astype(x.dtype)
