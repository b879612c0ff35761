"""Dropout: how many are silenced, and that the sum is expected to stay."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.layers.dropout import Dropout

UNITS = 200_000


def dropout(rate, seed=0):
    layer = Dropout(rngs=nnx.Rngs(seed))
    layer.rate.set_value(jnp.float32(rate))
    return layer


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.5, 0.9])
def test_the_rate_and_the_expectation(rate):
    out = np.array(dropout(rate)(jnp.ones(UNITS)))
    error = 5 * np.sqrt(rate * (1 - rate) / UNITS)  # five standard errors
    assert abs((out == 0).mean() - rate) < error
    np.testing.assert_allclose(out[out != 0], 1 / (1 - rate), rtol=1e-6)
    assert abs(out.mean() - 1) < error / (1 - rate)


def test_no_rate_changes_nothing():
    x = jnp.linspace(-1, 1, 1000)
    np.testing.assert_array_equal(dropout(0.0)(x), x)


def test_evaluation_changes_nothing():
    layer = dropout(0.5)
    layer.eval()
    x = jnp.linspace(-1, 1, 1000)
    np.testing.assert_array_equal(layer(x), x)


def test_each_call_draws_anew_and_each_seed_alike():
    x = jnp.ones(1000)
    layer = dropout(0.5)
    one, two = layer(x), layer(x)
    assert (one != two).any()
    np.testing.assert_array_equal(one, dropout(0.5)(x))
    assert (one != dropout(0.5, seed=1)(x)).any()


def test_units_are_silenced_independently():
    out = np.array(dropout(0.5)(jnp.ones((4000, 20)))) > 0
    correlations = np.corrcoef(out.T)
    np.fill_diagonal(correlations, 0)
    assert np.abs(correlations).max() < 5 / np.sqrt(4000)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_shape_and_dtype_stay_and_silence_has_no_gradient(dtype):
    x = jnp.ones((8, 16), dtype)

    def silenced(x):  # made inside: a stream of randomness belongs to the trace that drew it
        layer = dropout(0.5)
        return layer(x)

    out, back = jax.vjp(silenced, x)
    assert out.shape == x.shape
    assert out.dtype == dtype
    (slope,) = back(jnp.ones_like(out))
    np.testing.assert_array_equal(slope == 0, out == 0)
