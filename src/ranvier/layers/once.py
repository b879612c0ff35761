"""A value computed once, whoever reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.custom_batching import custom_vmap


def computed_once(
    function: Callable[..., jax.Array], decider: jax.Array, *arguments: jax.Array
) -> jax.Array:
    """function(decider, *arguments), written to memory before anyone reads it.

    On a CPU XLA computes elementwise functions anew inside each of their readers, which for a
    convolution's several passes costs more than the memory. A branch cannot be fused, and this
    one is always taken, though XLA does not see it. Elsewhere, where a branch would wait for
    the host, the function is called plainly. No derivatives: use it inside a custom one.

    Args:
        function: of arrays, gives one array.
        decider: floating, best a small array that every device of a mesh holds; the branch is
            taken whatever is in it.
        arguments: further arrays.
    """
    if jax.default_backend() != "cpu":
        return function(decider, *arguments)

    @custom_vmap
    def once(decider: jax.Array, *arguments: jax.Array) -> jax.Array:
        result = jax.eval_shape(function, decider, *arguments)
        bits = lax.bitcast_convert_type(decider.ravel()[0].astype(jnp.float32), jnp.uint32)
        taken: jax.Array = lax.cond(
            bits.astype(jnp.float32) < 2.0**33,  # as all of 32 bits are
            function,
            lambda *_: jnp.zeros(result.shape, result.dtype),
            decider,
            *arguments,
        )
        return taken

    @once.def_vmap
    def over_many(size: int, batched: list[bool], *arguments: jax.Array) -> tuple[Any, bool]:
        # Else the batch of deciders would make a selection of the branch.
        axes = [0 if each else None for each in batched]
        return computed_once(jax.vmap(function, axes, axis_size=size), *arguments), True

    result: jax.Array = once(decider, *arguments)
    return result
