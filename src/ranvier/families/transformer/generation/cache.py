"""What a decoder remembers of the tokens it has read: the keys and values of each layer.

One array for each layer and head, as the products over them take it: (batch · K, slots, D). An
array over all layers would be copied at every token, and so would one that is turned between being
written and being read. Heads that share keys share them here too. Rows are flush right: the next
token of each stands in the same slot, and slots before a row's first token are empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.transformer.attention import Rotation, attend, rotation
from ranvier.families.transformer.block import block
from ranvier.families.transformer.shape import Shape

Cache = tuple[tuple[jax.Array, jax.Array], ...]  # keys and values of each layer
HIDDEN = -1e30  # a score of what is not there


def read(
    x: jax.Array, stack: Mapping[str, jax.Array], shape: Shape, empty: jax.Array, slots: int
) -> tuple[jax.Array, Cache]:
    """Read several tokens of each row at once.

    Args:
        x: the tokens' vectors, (batch, steps, d), flush right.
        stack: all layers' arrays by name, stacked along the first axis.
        shape: of the stack.
        empty: int32 (batch,): how many steps at the beginning of each row are no tokens.
        slots: of the cache, at least as many as the fullest row has tokens.

    Returns:
        What leaves the stack, (batch, steps, d), and the cache, in which the fullest row begins
        with the first slot.
    """
    steps = x.shape[1]
    places = jax.lax.broadcasted_iota(jnp.int32, x.shape[:2], 1)
    real = places >= empty[:, None]
    mask = jnp.tril(jnp.ones((steps, steps), bool))[None, None] & real[:, None, None, :]
    turn = rotation(shape, jnp.maximum(places - empty[:, None], 0))

    def one(x: jax.Array, layer: Any) -> tuple[jax.Array, Any]:
        kept: list[jax.Array] = []

        def mix(query: jax.Array, key: jax.Array, value: jax.Array) -> jax.Array:
            kept.extend((key, value))
            return attend(query, key, value, mask)

        return block(x, layer, shape, mix, turn), tuple(kept)

    x, kept = jax.lax.scan(one, x, dict(stack))
    first = empty.min()

    def laid(part: jax.Array) -> jax.Array:
        """(batch, steps, K, D) to (batch · K, slots, D)."""
        flat = part.swapaxes(1, 2).reshape(-1, steps, shape.head_width)
        flat = jnp.pad(flat, ((0, 0), (0, max(steps, slots)), (0, 0)))
        return jax.lax.dynamic_slice_in_dim(flat, first, slots, axis=1)

    layers = range(shape.layers)
    return x, tuple((laid(kept[0][layer]), laid(kept[1][layer])) for layer in layers)


def go_on(
    x: jax.Array,
    layers: tuple[Mapping[str, jax.Array], ...],
    shape: Shape,
    cache: Cache,
    slot: jax.Array,
    empty: jax.Array,
) -> tuple[jax.Array, Cache]:
    """Read the next token of each row.

    Args:
        x: its vectors, (batch, 1, d).
        layers: each layer's arrays by name.
        shape: of the stack.
        cache: of the tokens before.
        slot: int32 (), where the token comes to stand.
        empty: int32 (batch,), slots at the beginning of each row that are empty.

    Returns:
        What leaves the stack, (batch, 1, d), and the cache with the token.
    """
    batch, slots = x.shape[0], cache[0][0].shape[1]
    turn = rotation(shape, (slot - empty)[:, None])
    places = jax.lax.broadcasted_iota(jnp.int32, (batch, slots), 1)
    there = (places >= empty[:, None]) & (places <= slot)
    there = jnp.repeat(there, shape.key_heads, axis=0)[:, None]  # (batch · K, 1, slots)
    written: list[tuple[jax.Array, jax.Array]] = []
    for layer, (keys, values) in zip(layers, cache, strict=True):
        x, kept = _one(x, layer, shape, turn, (keys, values), slot, there)
        written.append(kept)
    return x, tuple(written)


def _one(
    x: jax.Array,
    layer: Mapping[str, jax.Array],
    shape: Shape,
    turn: Rotation | None,
    kept: tuple[jax.Array, jax.Array],
    slot: jax.Array,
    there: jax.Array,
) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    """One layer: what leaves it, (batch, 1, d), and its keys and values with the token."""
    keys, values = kept
    flat = (keys.shape[0], -1, shape.head_width)  # (batch · K, ..., D)

    def mix(query: jax.Array, key: jax.Array, value: jax.Array) -> jax.Array:
        nonlocal keys, values
        keys = jax.lax.dynamic_update_slice_in_dim(keys, key.reshape(flat), slot, axis=1)
        values = jax.lax.dynamic_update_slice_in_dim(values, value.reshape(flat), slot, axis=1)
        query = query.reshape(flat)  # the heads that share a key side by side
        scores = jnp.einsum("bgd,bcd->bgc", query, keys) / np.sqrt(shape.head_width)
        scores = jnp.where(there, scores, HIDDEN)
        taken = jnp.einsum("bgc,bcd->bgd", jax.nn.softmax(scores, axis=-1), values)
        return taken.reshape(x.shape[0], 1, shape.heads, shape.head_width)

    x = block(x, layer, shape, mix, turn)
    return x, (keys, values)
