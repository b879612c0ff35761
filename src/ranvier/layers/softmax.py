"""Shares that add up to one."""

from __future__ import annotations

from functools import partial

import jax

from ranvier.layers.marking import marked


def softmax(x: jax.Array, axis: int = -1) -> jax.Array:
    """exp(x) over its sum along an axis."""
    axis = axis % x.ndim
    y: jax.Array = marked("softmax", partial(jax.nn.softmax, axis=axis), x, axis=axis)
    return y
