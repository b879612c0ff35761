"""How much each token takes of each other one, in every layer and head."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.families.transformer.attention import attention_weights, mask_of, rotation
from ranvier.families.transformer.block import block
from ranvier.families.transformer.language import LanguageNetwork
from ranvier.families.transformer.numeric import NumericNetwork
from ranvier.families.transformer.stack import Stack
from ranvier.training.blueprint import blueprint_of


def weights_of(stack: Stack, x: jax.Array, lengths: jax.Array | None) -> jax.Array:
    """Float32 (batch, layers, H, steps, steps), by query and key; traceable.

    Args:
        stack: the blocks.
        x: what enters them, (batch, steps, d).
        lengths: int32 (batch,): how many tokens of each row are real; None: all.
    """
    shape, steps = stack.shape, x.shape[1]
    turn = rotation(shape, jnp.arange(steps, dtype=jnp.int32))
    mask = mask_of(steps, lengths, causal=shape.causal)

    def one(x: jax.Array, layer: Any) -> tuple[jax.Array, jax.Array]:
        seen = []

        def mix(query: jax.Array, key: jax.Array, value: jax.Array) -> jax.Array:
            weights = attention_weights(query, key, mask)  # (batch, H, steps, steps)
            seen.append(weights)
            value = jnp.repeat(value, shape.heads // shape.key_heads, axis=2)
            return jnp.einsum("bhts,bshd->bthd", weights, value)

        x = block(x, layer, shape, mix, turn)
        return x, seen[0]

    _, weights = jax.lax.scan(one, x, stack.layers())  # (layers, batch, H, steps, steps)
    return jnp.moveaxis(weights, 0, 1).astype(jnp.float32)


@functools.lru_cache(maxsize=8)
def seer(build: Any) -> Callable[..., jax.Array]:
    """The program that gives the weights of a block of rows."""
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, inputs: Any) -> jax.Array:
        network = blueprint.assemble(parameters, variables)
        lengths = inputs.get("lengths")
        if isinstance(network, NumericNetwork):
            x, lengths = network.embed(network.input(inputs), lengths)
        elif isinstance(network, LanguageNetwork):
            x = network.embedded(inputs)
        else:
            x = network.input(inputs)
        return weights_of(network.stack, x, lengths)

    return jax.jit(run)
