"""RealMLP's layers by hand: waves of numbers, learned factors, learned shares of an activation."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ranvier.layers.activations import ParametricActivation
from ranvier.layers.feature_scale import FeatureScale
from ranvier.layers.numeric_embedding import PeriodicEmbedding, cosine_of_turns, width

X = np.random.default_rng(0).normal(size=(16, 3)).astype(np.float32)


def test_the_cosine_of_turns_is_the_cosine_and_its_slope_the_sine():
    turns = np.linspace(-4, 4, 20_001, dtype=np.float32)
    exact = 2 * np.pi * turns.astype(np.float64)
    np.testing.assert_allclose(cosine_of_turns(jnp.array(turns)), np.cos(exact), atol=2e-6)
    slopes = jax.vmap(jax.grad(cosine_of_turns))(jnp.array(turns))
    np.testing.assert_allclose(slopes, -2 * np.pi * np.sin(exact), atol=1e-5)


def test_waves_of_one_number_by_hand():
    layer = PeriodicEmbedding(3, rngs=nnx.Rngs(0))
    out = np.array(layer(jnp.array(X)))
    assert out.shape == (16, width(3))
    np.testing.assert_array_equal(out[:, :3], X)
    row, column, combination = 5, 1, 2
    turns = X[row, column] * layer.frequencies[...][column] + layer.phases[...][column]
    waves = np.cos(2 * np.pi * np.array(turns, np.float64))
    expected = waves @ layer.mixing[...][column, :, combination]
    expected += layer.offsets[...][column, combination]
    np.testing.assert_allclose(out[row, 3 + 3 * column + combination], expected, atol=1e-5)


def test_each_column_has_waves_of_its_own():
    layer = PeriodicEmbedding(3, rngs=nnx.Rngs(0))
    moved = X.copy()
    moved[:, 1] += 1
    changed = np.abs(layer(jnp.array(moved)) - layer(jnp.array(X))).max(axis=0) > 0
    assert list(np.flatnonzero(changed)) == [1, 6, 7, 8]


def test_factors_are_one_at_first():
    layer = FeatureScale(3, rngs=nnx.Rngs(0))
    np.testing.assert_array_equal(layer(jnp.array(X)), X)
    layer.factors[...] = jnp.array([0.0, 2.0, -1.0])
    np.testing.assert_allclose(layer(jnp.array(X)), X * [0, 2, -1])


def test_the_share_of_an_activation():
    layer = ParametricActivation(3, 0.1)
    x, activated = jnp.array(X), jnp.tanh(jnp.array(X))
    np.testing.assert_allclose(layer(x, activated), activated, atol=1e-6)
    layer.amount[...] = jnp.array([0.0, 0.5, 2.0])
    expected = X + np.array([0.0, 0.5, 2.0]) * (np.tanh(X) - X)
    np.testing.assert_allclose(layer(x, activated), expected, atol=1e-5)
