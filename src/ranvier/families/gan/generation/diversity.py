"""Whether the generator makes many pictures, or the same few again and again.

The distance from each picture of a batch to the nearest other one, its mean over made pictures
against that over real ones. One picture made for all noise gives 0; a generator that has dropped
most of the kinds of pictures gives little, as a batch then holds many that are nearly the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp

COLLAPSED = 0.3  # below it for so many epochs, told to the user; healthy runs lie near 1
EPOCHS = 3


def spread(pictures: jax.Array) -> jax.Array:
    """Mean distance to the nearest other picture of (B, ...), a scalar."""
    rows = pictures.reshape(pictures.shape[0], -1)
    squares = jnp.sum(jnp.square(rows), axis=1)
    apart = squares[:, None] + squares[None, :] - 2.0 * (rows @ rows.T)  # (B, B)
    apart = jnp.where(jnp.eye(len(rows), dtype=bool), jnp.inf, apart)
    return jnp.mean(jnp.sqrt(jnp.maximum(jnp.min(apart, axis=1), 0.0)))


def diversity(made: jax.Array, real: jax.Array) -> jax.Array:
    """Of made pictures as a share of that of as many real ones, a scalar."""
    share = spread(made) / jnp.maximum(spread(real), 1e-8)
    return jax.lax.stop_gradient(share)


def remark(history: Sequence[Mapping[str, float]]) -> str | None:
    """Says that the generator has collapsed, since the first epochs in which it had."""
    last = [row.get("diversity", 1.0) for row in history]
    for end in range(EPOCHS, len(last) + 1):
        shares = last[end - EPOCHS : end]
        if max(shares) < COLLAPSED:
            return (
                f"the generator has collapsed: in epoch {end:,} its pictures differ from each "
                f"other {shares[-1]:.0%} as much as real ones do; try loss='r3gan' with a larger "
                "gamma, a smaller learning_rate, or more pictures"
            )
    return None
