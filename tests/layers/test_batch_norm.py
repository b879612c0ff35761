"""Batch normalisation beside Flax's: values, gradients and running statistics."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.layers.batch_norm import BatchNorm
from tests.layers.convolutions import HURRY, arrays, assert_same


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
