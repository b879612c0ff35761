"""How the learning rate moves: each schedule maps progress in [0, 1] to a factor in [0, 1]."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

WARMUP = 0.05  # share of the run in which `warmup` and `onecycle` climb to the peak
ONECYCLE_CLIMB = 0.3


def _cosine_down(progress: jax.Array) -> jax.Array:
    return 0.5 * (1.0 + jnp.cos(jnp.pi * jnp.clip(progress, 0.0, 1.0)))


def constant(progress: jax.Array) -> jax.Array:
    """The same rate throughout."""
    return jnp.ones_like(progress)


def cosine(progress: jax.Array) -> jax.Array:
    """From the peak to zero along half a cosine (Loshchilov and Hutter 2017, SGDR)."""
    return _cosine_down(progress)


def warmup(progress: jax.Array) -> jax.Array:
    """Up a straight line to the peak, then down a cosine."""
    climb = progress / WARMUP
    return jnp.where(progress < WARMUP, climb, _cosine_down((progress - WARMUP) / (1 - WARMUP)))


def onecycle(progress: jax.Array) -> jax.Array:
    """Cosine from a 25th up to the peak, then down to nearly zero (Smith and Topin 2018)."""
    climb = 1.0 - 0.96 * _cosine_down(progress / ONECYCLE_CLIMB)
    fall = _cosine_down((progress - ONECYCLE_CLIMB) / (1.0 - ONECYCLE_CLIMB))
    return jnp.where(progress < ONECYCLE_CLIMB, climb, fall)


def flat_cosine(progress: jax.Array) -> jax.Array:
    """Flat for the first half, then down a cosine (RealMLP, Holzmueller et al. 2024)."""
    return _cosine_down(2.0 * progress - 1.0)


def coslog(progress: jax.Array) -> jax.Array:
    """Four cosine bumps, each twice as long as the one before, from zero to the peak and back.

    RealMLP's coslog4 (Holzmueller et al. 2024). The weights settle at 1/15, 3/15 and 7/15 of the
    run as well as at its end, so that data that asks for a short training has had one.
    """
    return 0.5 * (1.0 - jnp.cos(2.0 * jnp.pi * jnp.log2(1.0 + 15.0 * progress)))


SCHEDULES: dict[str, Callable[[jax.Array], jax.Array]] = {
    "constant": constant,
    "cosine": cosine,
    "warmup": warmup,
    "onecycle": onecycle,
    "flat_cosine": flat_cosine,
    "coslog": coslog,
}
