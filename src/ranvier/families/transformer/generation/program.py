"""The two compiled programs that write texts: one reads a prompt, one goes on token by token.

The second is a loop whose state never leaves the device. Python calls it for some tokens at a time,
and how many is a number of the run, so that nothing compiles again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ranvier.families.transformer.builder import TransformerBuilder
from ranvier.families.transformer.generation import cache
from ranvier.families.transformer.generation.cache import Cache
from ranvier.families.transformer.generation.sampling import LOWEST, Chances, drawn, penalised
from ranvier.families.transformer.stack import norm_of
from ranvier.training.blueprint import Blueprint, blueprint_of

STACK = "stack/"
MOST = 64  # tokens of each row in one call of the loop


class Weights(NamedTuple):
    """What both programs need, on the device.

    Attributes:
        rest: path -> array of what does not belong to the stack.
        head: (d, vocabulary), the output layer. A token table is turned once, not at each token.
        forbidden: bool (vocabulary,), tokens that are never drawn.
        end: int32 (), the token behind a text; -1: there is none.
    """

    rest: Mapping[str, jax.Array]
    head: jax.Array
    forbidden: jax.Array
    end: jax.Array


class State(NamedTuple):
    """Where the texts stand: all their tokens are read.

    Attributes:
        scores: float32 (batch, vocabulary), of the next token.
        slot: int32 (), where it comes to stand in the cache.
        written: int32 (), how many tokens were drawn.
        empty: int32 (batch,), slots at the beginning of each row that are empty.
        seen: bool (batch, vocabulary), the tokens of each text.
        ended: bool (batch,).
        cache: of the tokens.
    """

    scores: jax.Array
    slot: jax.Array
    written: jax.Array
    empty: jax.Array
    seen: jax.Array
    ended: jax.Array
    cache: Cache


Reading = Callable[..., tuple[jax.Array, jax.Array, Cache]]
Writing = Callable[..., tuple[State, jax.Array]]


@functools.lru_cache(maxsize=32)
def reading(build: TransformerBuilder, slots: int) -> Reading:
    """The program that reads what there is of each text.

    It takes `Weights`; all layers' arrays, stacked; tokens int32 (batch, steps), flush right; and
    int32 (batch,) how many steps at the beginning of each row are no tokens. It gives the scores,
    the slot and the cache of a `State`.
    """
    shape, blueprint = build.shape, blueprint_of(build)

    def read(
        weights: Weights, stack: Mapping[str, jax.Array], tokens: jax.Array, empty: jax.Array
    ) -> tuple[jax.Array, jax.Array, Cache]:
        network = _without_stack(blueprint, weights.rest)
        places = jax.lax.broadcasted_iota(jnp.int32, tokens.shape, 1) - empty[:, None]
        x = network.embed(tokens, jnp.maximum(places, 0))
        x, kept = cache.read(x, stack, shape, empty, slots)
        return _scores(network, weights, x[:, -1]), tokens.shape[1] - empty.min(), kept

    return jax.jit(read)


@functools.lru_cache(maxsize=32)
def writing(build: TransformerBuilder) -> Writing:
    """The program that draws the next tokens, and reads each.

    It takes a `State`, which is used up; `Weights`; each layer's arrays; `Chances`; and how many
    tokens, int32 () of at most `MOST`. It gives a `State` and the tokens, int32 (batch, MOST).
    It stops early where all texts have ended. A token for which there is no slot is drawn like any
    other, but the state behind it is of no use.
    """
    shape, blueprint = build.shape, blueprint_of(build)

    def write(
        state: State,
        weights: Weights,
        layers: tuple[Mapping[str, jax.Array], ...],
        chances: Chances,
        steps: jax.Array,
    ) -> tuple[State, jax.Array]:
        network = _without_stack(blueprint, weights.rest)
        first = state.written

        def going(carried: tuple[State, jax.Array]) -> jax.Array:
            state = carried[0]
            return (state.written - first < steps) & ~state.ended.all()

        def one(carried: tuple[State, jax.Array]) -> tuple[State, jax.Array]:
            state, told = carried
            scores = penalised(state.scores, state.seen, chances.repetition_penalty)
            token = drawn(scores, chances, state.written)
            place = state.written - first
            told = jax.lax.dynamic_update_slice_in_dim(told, token[:, None], place, axis=1)
            x = network.embed(token[:, None], (state.slot - state.empty)[:, None])
            x, kept = cache.go_on(x, layers, shape, state.cache, state.slot, state.empty)
            state = State(
                scores=_scores(network, weights, x[:, 0]),
                slot=state.slot + 1,
                written=state.written + 1,
                empty=state.empty,
                seen=state.seen.at[jnp.arange(token.shape[0]), token].set(True),
                ended=state.ended | (token == weights.end),
                cache=kept,
            )
            return state, told

        told = jnp.zeros((state.ended.shape[0], MOST), jnp.int32)
        done: tuple[State, jax.Array] = jax.lax.while_loop(going, one, (state, told))
        return done

    return jax.jit(write, donate_argnums=0)


@functools.partial(jax.jit, static_argnums=1)
def with_slots(kept: Cache, slots: int) -> Cache:
    """The same cache with more slots."""

    def padded(part: jax.Array) -> jax.Array:
        return jnp.pad(part, ((0, 0), (0, slots - part.shape[1]), (0, 0)))

    return tuple((padded(keys), padded(values)) for keys, values in kept)


def _without_stack(blueprint: Blueprint, rest: Mapping[str, jax.Array]) -> Any:
    """The network; its stack, which nothing here calls, is of zeros that are never made."""
    zeros = {
        path: jnp.zeros(wanted.shape, wanted.dtype)
        for path, wanted in blueprint.parameters.items()
        if path not in rest
    }
    return blueprint.assemble({**zeros, **rest}, {})


def _scores(network: Any, weights: Weights, x: jax.Array) -> jax.Array:
    """Float32 (batch, vocabulary) for vectors (batch, d)."""
    if network.norm is not None:
        x = norm_of(x, network.norm, network.shape)
    scores = x @ weights.head
    if network.head.bias is not None:
        scores = scores + network.head.bias[...][None]
    return jnp.where(weights.forbidden[None], LOWEST, scores.astype(jnp.float32))
