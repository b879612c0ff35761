"""What convolutions are compared with: XLA's own, with its gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

# The arithmetic is tested, not its speed: compile in a hurry.
HURRY = {"xla_backend_optimization_level": "0"}


def arrays(seed: int, *shapes: tuple[int, ...]) -> list[jax.Array]:
    generator = np.random.default_rng(seed)
    return [jnp.asarray(generator.normal(size=shape), jnp.float32) for shape in shapes]


def reference(
    x: jax.Array,
    kernel: jax.Array,
    *,
    strides: Any = 1,
    padding: Any = "same",
    dilation: Any = 1,
    groups: int = 1,
) -> jax.Array:
    rank = x.ndim - 2
    numbers = ("NHWC", "HWIO", "NHWC") if rank == 2 else ("NTC", "TIO", "NTC")
    return lax.conv_general_dilated(
        x,
        kernel,
        (strides,) * rank if isinstance(strides, int) else strides,
        padding.upper() if isinstance(padding, str) else padding,
        rhs_dilation=(dilation,) * rank if isinstance(dilation, int) else dilation,
        dimension_numbers=numbers,
        feature_group_count=groups,
    )


def with_gradients(
    function: Callable[..., jax.Array], *arguments: jax.Array
) -> tuple[jax.Array, tuple[jax.Array, ...]]:
    """The value, and the gradients for a cotangent that differs at every place."""

    def both(*arguments: jax.Array) -> tuple[jax.Array, tuple[jax.Array, ...]]:
        y, pull = jax.vjp(function, *arguments)
        slope = jnp.cos(jnp.arange(y.size, dtype=jnp.float32)).reshape(y.shape)
        return y, pull(slope.astype(y.dtype))

    return jax.jit(both, compiler_options=HURRY)(*arguments)


def assert_same(found: Any, expected: Any, tolerance: float = 1e-5) -> None:
    found, expected = jax.tree.leaves(found), jax.tree.leaves(expected)
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        scale = max(1.0, float(np.abs(b).max())) if b.size else 1.0
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * scale)
