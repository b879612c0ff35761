"""Pictures whose every pixel is known."""

import jax.numpy as jnp
import numpy as np
import pytest


@pytest.fixture
def numbered():
    """Float32 (6, 5, 7, 2): every value of the batch is another."""
    return jnp.arange(6 * 5 * 7 * 2, dtype=jnp.float32).reshape(6, 5, 7, 2)


@pytest.fixture
def pictures():
    """Float32 (64, 12, 10, 3), standardised."""
    generator = np.random.default_rng(0)
    return jnp.asarray(generator.normal(size=(64, 12, 10, 3)), jnp.float32)
