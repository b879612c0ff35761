"""Batch normalisation of images, signals and vectors."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.activations import ACTIVATIONS
from ranvier.layers.marking import marked
from ranvier.layers.once import computed_once

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

    def __call__(
        self,
        x: jax.Array,
        past: jax.Array | None = None,
        *,
        activation: str = "",
        real: jax.Array | None = None,
    ) -> jax.Array:
        """(B, ..., channels), as it came.

        Args:
            x: what is normalised.
            past: like `x`, added to the result; None: nothing is.
            activation: its name, applied last; "": none. Both are cheaper here than behind.
            real: bool (B, ..., 1), which places count in the statistics; None: all.
        """
        scale, bias = (_exact(p[...]) for p in (self.scale, self.bias))
        if self.use_running_average:
            return self._evaluated(x, scale, bias, past, activation)
        if real is None:
            y, mean, var = normalised(x, scale, bias, past, self.epsilon, activation)
        else:
            mean, var = _statistics_of(_exact(x), real)
            factor = scale * jax.lax.rsqrt(var + self.epsilon)
            y = _finished(activation, factor, bias - mean * factor, x, past)
        for average, value in ((self.mean, mean), (self.var, var)):
            latest = self.momentum * average[...] + (1.0 - self.momentum) * value
            average[...] = jax.lax.stop_gradient(latest)
        return y

    def _evaluated(
        self,
        x: jax.Array,
        scale: jax.Array,
        bias: jax.Array,
        past: jax.Array | None,
        activation: str,
    ) -> jax.Array:
        """By the running averages."""

        def alone(
            x: jax.Array, scale: jax.Array, bias: jax.Array, mean: jax.Array, var: jax.Array
        ) -> jax.Array:
            factor = scale * jax.lax.rsqrt(var + self.epsilon)
            return _finished("", factor, bias - mean * factor, x)

        averages = self.mean[...], self.var[...]
        y = marked("batch_normalization", alone, x, scale, bias, *averages, epsilon=self.epsilon)
        return _with_past(activation, y, past)


def _statistics_of(x: jax.Array, real: jax.Array) -> Statistics:
    """The mean and the variance of the places that are real, float32 (channels,) each."""
    axes = tuple(range(x.ndim - 1))
    count = jnp.maximum(jnp.sum(real), 1).astype(x.dtype)
    mean = jnp.sum(jnp.where(real, x, 0), axes) / count
    apart = jnp.where(real, x - mean.reshape((1,) * len(axes) + (-1,)), 0)
    return mean, jnp.sum(jnp.square(apart), axes) / count


@partial(jax.custom_vjp, nondiff_argnums=(4, 5))
def normalised(
    x: jax.Array,
    scale: jax.Array,
    bias: jax.Array,
    past: jax.Array | None,
    epsilon: float,
    activation: str = "",
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """activation(normalised batch + past), the mean and the variance of the batch.

    The latter two have no gradient. (B, ..., C), float32 (C,) twice and None or (B, ..., C),
    to (B, ..., C) and float32 (C,) twice.
    """
    return _forward(x, scale, bias, past, epsilon, activation)[0]


def _forward(
    x: jax.Array,
    scale: jax.Array,
    bias: jax.Array,
    past: jax.Array | None,
    epsilon: float,
    activation: str,
) -> tuple[tuple[jax.Array, jax.Array, jax.Array], tuple[jax.Array | None, ...]]:
    rows = _exact(x.reshape(-1, x.shape[-1]))
    mean = rows.mean(axis=0)
    # One pass: the mean of squares less the square of the mean, which rounding may make negative.
    var = jnp.maximum(0.0, jnp.square(rows).mean(axis=0) - jnp.square(mean))
    inverse = jax.lax.rsqrt(var + epsilon)
    factor = scale * inverse
    offset = bias - mean * factor
    finish = partial(_finished, activation)
    if activation:
        y = computed_once(finish, factor, offset, x, *(() if past is None else (past,)))
    else:
        y = finish(factor, offset, x, past)  # cheap enough for its readers
    return (y, mean, var), (x, mean, inverse, factor, offset, past)


def _backward(
    epsilon: float,
    activation: str,
    kept: tuple[jax.Array, ...],
    slopes: tuple[jax.Array, jax.Array, jax.Array],
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array | None]:
    """With z = (x - mean) / σ:  dx = scale / σ (dy - mean(dy) - z mean(dy z)).

    There dy is the gradient before the activation, which is also that of `past`.
    """
    x, mean, inverse, factor, offset, past = kept
    dy = slopes[0]
    if activation:
        others = () if past is None else (past,)
        dy = computed_once(partial(_before, activation), factor, offset, dy, x, *others)
    channels = x.shape[-1]
    rows = _exact(x.reshape(-1, channels))
    dy_rows = _exact(dy.reshape(-1, channels))
    total = dy_rows.sum(axis=0)
    with_x = (dy_rows * rows).sum(axis=0)
    dscale = (with_x - mean * total) * inverse
    # dx = factor dy + slope x + further, in one pass
    slope = -factor * inverse * dscale / len(rows)
    further = -factor * total / len(rows) - slope * mean
    dx = computed_once(_combined, factor, slope, further, dy, x)
    return dx, dscale, total, None if past is None else dy


normalised.defvjp(_forward, _backward)


def _finished(
    activation: str,
    factor: jax.Array,
    offset: jax.Array,
    x: jax.Array,
    past: jax.Array | None = None,
) -> jax.Array:
    y = _along(x, factor) * _exact(x) + _along(x, offset)
    return _with_past(activation, y.astype(x.dtype), past)


def _with_past(activation: str, y: jax.Array, past: jax.Array | None) -> jax.Array:
    if past is not None:
        y = y + past
    return ACTIVATIONS[activation](y) if activation else y


def _before(
    activation: str, factor: jax.Array, offset: jax.Array, dy: jax.Array, *inputs: jax.Array
) -> jax.Array:
    """The gradient before the activation, from that behind it."""
    _, pull = jax.vjp(ACTIVATIONS[activation], _finished("", factor, offset, *inputs))
    before: jax.Array = pull(dy)[0]
    return before


def _combined(
    factor: jax.Array, slope: jax.Array, further: jax.Array, dy: jax.Array, x: jax.Array
) -> jax.Array:
    dx = _exact(dy) * _along(x, factor) + _along(x, further)
    dx = dx + _exact(x) * _along(x, slope)
    return dx.astype(x.dtype)


def _along(x: jax.Array, channels: jax.Array) -> jax.Array:
    """One number per channel, to be multiplied with (B, ..., channels)."""
    return channels.reshape((1,) * (x.ndim - 1) + (-1,))


def _exact(a: jax.Array) -> jax.Array:
    """In at least 32 bits."""
    return a.astype(jnp.promote_types(a.dtype, jnp.float32))
