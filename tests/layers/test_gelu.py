"""GELU and its slope against their definition in double precision."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import ndtr

from ranvier.layers.gelu import gelu

X = np.concatenate([np.linspace(-12, 12, 4_001), [0.0, -1e30, 1e30]]).astype(np.float32)


def test_values() -> None:
    wide = X.astype(np.float64)
    np.testing.assert_allclose(gelu(X), wide * ndtr(wide), rtol=1e-6, atol=4e-7)


def test_slopes() -> None:
    wide = X.astype(np.float64)
    density = np.exp(-np.minimum(wide**2, 1e4) / 2) / np.sqrt(2 * np.pi)
    slopes = jax.vmap(jax.grad(gelu))(X)
    np.testing.assert_allclose(slopes, ndtr(wide) + wide * density, rtol=1e-6, atol=4e-7)


def test_half_precision_stays_half_precision() -> None:
    assert gelu(jnp.ones(3, jnp.bfloat16)).dtype == jnp.bfloat16
    assert jax.grad(lambda x: gelu(x).sum())(jnp.ones(3, jnp.bfloat16)).dtype == jnp.bfloat16
