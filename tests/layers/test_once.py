"""A value computed once: the same value, whatever decides, for one and for many."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.layers.once import computed_once
from tests.layers.convolutions import arrays, assert_same


def _function(decider, x):
    return jnp.where(jnp.isfinite(decider), decider, 2.0)[None] * jnp.tanh(x)


@pytest.mark.parametrize("number", [0.0, -1.0, 3e38, np.inf, -np.inf, np.nan])
def test_whatever_decides(number):
    (x,) = arrays(0, (3, 4))
    decider = jnp.full(4, number, jnp.float32)
    found = jax.jit(lambda *a: computed_once(_function, *a))(decider, x)
    assert_same(found, _function(decider, x))


@pytest.mark.parametrize("axes", [(0, 0), (None, 0), (0, None)])
def test_for_many(axes):
    x, decider = arrays(1, (5, 3, 4), (5, 4))
    arguments = [a if axis == 0 else a[0] for a, axis in zip((decider, x), axes, strict=True)]
    many = jax.vmap(lambda *a: computed_once(_function, *a), axes)
    assert_same(many(*arguments), jax.vmap(_function, axes)(*arguments))
    program = str(jax.make_jaxpr(many)(*arguments))
    assert "cond[" in program  # and no selection between two results
    assert "select_n" not in program.split("cond[")[0]
