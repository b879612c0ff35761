"""Batch normalisation beside Flax's: values, gradients and running statistics."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.layers.activations import ACTIVATIONS
from ranvier.layers.batch_norm import BatchNorm, normalised
from tests.layers.convolutions import HURRY, arrays, assert_same, with_gradients


def _trained(layer, x, slopes):
    """Value, gradients by input and parameters, and the state after a call."""
    graph, parameters, others = nnx.split(layer, nnx.Param, ...)

    def both(x, parameters, others):
        def forward(x, parameters):
            merged = nnx.merge(graph, parameters, others, copy=True)
            return merged(x), nnx.to_pure_dict(nnx.state(merged, nnx.BatchStat))

        y, pull, statistics = jax.vjp(forward, x, parameters, has_aux=True)
        dx, dparameters = pull(slopes)
        return y, dx, nnx.to_pure_dict(dparameters), statistics

    return jax.jit(both, compiler_options=HURRY)(x, parameters, others)


@pytest.mark.parametrize("shape", [(16, 5), (4, 7, 5), (4, 3, 6, 5)])
def test_beside_flax(shape):
    x, slopes, scale, bias, mean = arrays(0, shape, shape, (5,), (5,), (5,))
    ours = BatchNorm(5, momentum=0.8, rngs=nnx.Rngs(0))
    theirs = nnx.BatchNorm(5, momentum=0.8, rngs=nnx.Rngs(0))
    for layer in (ours, theirs):
        layer.scale[...], layer.bias[...], layer.mean[...] = scale, bias, mean
        layer.train()
    assert_same(_trained(ours, 2 * x + 1, slopes), _trained(theirs, 2 * x + 1, slopes))
    for layer in (ours, theirs):
        layer.eval()
    assert_same(ours(x), theirs(x))
    assert_same(_trained(ours, x, slopes), _trained(theirs, x, slopes))


def test_a_channel_that_is_constant():
    x = jnp.full((8, 2), 3.0)
    layer = BatchNorm(2, rngs=nnx.Rngs(0))
    np.testing.assert_allclose(layer(x), 0.0, atol=1e-3)
    gradient = jax.grad(lambda x: nnx.merge(*nnx.split(layer), copy=True)(x)[0].sum())(x)
    assert np.isfinite(gradient).all()


def test_half_precision():
    x = arrays(1, (8, 3))[0].astype(jnp.bfloat16)
    layer = BatchNorm(3, rngs=nnx.Rngs(0))
    assert layer(x).dtype == jnp.bfloat16
    assert layer.mean[...].dtype == jnp.float32


@pytest.mark.parametrize("activation", ["", "relu", "gelu"])
@pytest.mark.parametrize("adds", [False, True])
def test_with_what_follows(activation, adds):
    """Added to a bypass and activated: as one after the other, for one network and for many."""
    x, past, scale, bias = arrays(2, (3, 4, 3, 6, 5), (3, 4, 3, 6, 5), (3, 5), (3, 5))

    def as_one(x, past, scale, bias):
        return normalised(x, scale, bias, past if adds else None, 1e-5, activation)[0]

    def in_turns(x, past, scale, bias):
        mean, var = (f(x, (0, 1, 2), keepdims=True) for f in (jnp.mean, jnp.var))
        scale, bias = (p.reshape(1, 1, 1, -1) for p in (scale, bias))
        y = (x - mean) * jax.lax.rsqrt(var + 1e-5) * scale + bias
        y = y + past if adds else y
        return ACTIVATIONS[activation](y) if activation else y

    many = (x, past, scale, bias)
    one = tuple(a[0] for a in many)
    assert_same(with_gradients(as_one, *one), with_gradients(in_turns, *one))
    assert_same(with_gradients(jax.vmap(as_one), *many), with_gradients(jax.vmap(in_turns), *many))


@pytest.mark.parametrize("training", [False, True])
def test_layer_with_what_follows(training):
    x, past = arrays(3, (8, 4), (8, 4))
    layer = BatchNorm(4, rngs=nnx.Rngs(0))
    layer.set_attributes(use_running_average=not training)
    expected = jax.nn.relu(layer(x) + past)
    assert_same(layer(x, past, activation="relu"), expected)


def test_places_that_are_not_real_count_in_no_statistic_and_have_no_gradient():
    x = jax.random.normal(jax.random.key(0), (6, 5, 3)) * 2 + 1
    longer = jnp.concatenate([x, 100 + jnp.zeros((6, 4, 3))], axis=1)
    real = jnp.broadcast_to(jnp.arange(9)[None, :, None] < 5, (6, 9, 1))

    def total(x, **how):
        norm = BatchNorm(3, rngs=nnx.Rngs(0))
        return jnp.sum(jnp.sin(norm(x, activation="relu", **how)[:, :5]))

    found = jax.grad(lambda x: total(x, real=real))(longer)
    np.testing.assert_allclose(found[:, :5], jax.grad(total)(x), atol=1e-5)
    assert not found[:, 5:].any()
    plain, masked = BatchNorm(3, rngs=nnx.Rngs(0)), BatchNorm(3, rngs=nnx.Rngs(0))
    np.testing.assert_allclose(masked(longer, real=real)[:, :5], plain(x), atol=1e-5)
    np.testing.assert_allclose(masked.mean[...], plain.mean[...], rtol=1e-5)
    np.testing.assert_allclose(masked.var[...], plain.var[...], rtol=1e-5)
