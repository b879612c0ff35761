"""Rows of a table by their numbers."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from ranvier.layers.marking import marked


def looked_up(
    table: jax.Array, codes: jax.Array, mode: Literal["fill", "clip"] | None = None
) -> jax.Array:
    """Float (rows, width) and int (...) to (..., width); `mode`: see `jnp.take`."""

    def taken(codes: jax.Array, table: jax.Array) -> jax.Array:
        return jnp.take(table, codes, axis=0, mode=mode)

    found: jax.Array = marked("embedding", taken, codes, table)
    return found
