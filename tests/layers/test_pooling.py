"""Pooling beside XLA's reduce_window, ties included."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from ranvier.layers.pooling import average_pool, global_average_pool, max_pool
from tests.layers.convolutions import HURRY, arrays, assert_same, with_gradients


def largest(x, window, strides):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, *window, 1), (1, *strides, 1), "VALID")


def mean(x, window, strides):
    total = lax.reduce_window(x, 0.0, lax.add, (1, *window, 1), (1, *strides, 1), "VALID")
    return total / np.prod(window)


CASES = [
    ((6, 8), (2, 2), (2, 2)),
    ((7, 9), (2, 2), (2, 2)),
    ((7, 9), (3, 3), (2, 2)),
    ((8, 8), (3, 3), (2, 2)),
    ((8, 7), (2, 3), (1, 2)),
    ((9, 7), (2, 1), (3, 2)),
    ((9,), (2,), (2,)),
    ((9,), (3,), (1,)),
]


@pytest.mark.parametrize(("size", "window", "strides"), CASES)
def test_beside_xla(size, window, strides):
    (x,) = arrays(0, (2, *size, 5))
    # Distinct values, many equal ones in a window, and all the same.
    values = jnp.concatenate([x, jnp.round(x), jnp.zeros_like(x)])
    found = with_gradients(partial(max_pool, window=window, strides=strides), values)
    assert_same(found, with_gradients(partial(largest, window=window, strides=strides), values))
    found = with_gradients(partial(average_pool, window=window, strides=strides), x)
    assert_same(found, with_gradients(partial(mean, window=window, strides=strides), x))


def test_of_equal_values_the_first_takes_the_gradient():
    gradient = jax.grad(lambda x: max_pool(x, 2).sum())(jnp.ones((1, 4, 4, 1)))
    np.testing.assert_array_equal(gradient[0, :, :, 0], np.tile([[1, 0], [0, 0]], (2, 2)))


def test_windows_side_by_side_unless_said_otherwise():
    (x,) = arrays(1, (2, 7, 6, 3))
    assert_same(max_pool(x, 2), max_pool(x, (2, 2), strides=(2, 2)))
    assert max_pool(x, 3).shape == (2, 2, 2, 3)
    assert average_pool(x[:, 0], 4).shape == (2, 1, 3)
    assert_same(global_average_pool(x), x.mean(axis=(1, 2)))
    assert_same(global_average_pool(x[:, 0]), x[:, 0].mean(axis=1))


def test_over_many_and_in_half_precision():
    (x,) = arrays(2, (3, 2, 4, 4, 3))
    gradient = jax.jit(jax.grad(lambda x: (max_pool(x, 2) ** 2).sum()), compiler_options=HURRY)
    assert_same(jax.vmap(gradient)(x), jnp.stack([gradient(one) for one in x]))
    assert gradient(x[0].astype(jnp.bfloat16)).dtype == jnp.bfloat16


def test_what_does_not_fit():
    with pytest.raises(ValueError, match=r"got \(2, 4\)"):
        max_pool(jnp.zeros((2, 4)), 2)
    with pytest.raises(ValueError, match=r"a window of 5 does not fit into \(4, 4\)"):
        average_pool(jnp.zeros((2, 4, 4, 1)), 5)
