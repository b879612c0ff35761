"""From scores to one token for each row: by chance, among those that a person lets through.

All settings are numbers of the run: another temperature compiles nothing. Where the k-th score is
and where the likeliest tokens have p together is found bit by bit, as sorting costs more than the
network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

BITS = 32  # of a score
LOWEST = -1e30  # a score that is never drawn


class Chances(NamedTuple):
    """How a token is drawn.

    Attributes:
        temperature: float32 (), by which scores are divided; 0: the best one is taken.
        top_k: int32 (): so many of the best are let through.
        top_p: float32 (): the fewest of the best that have so much probability together are let
            through (Holtzman et al. 2020).
        repetition_penalty: float32 (), for tokens seen before (Keskar et al. 2019).
        seeds: uint32 (batch,), one for each row.
    """

    temperature: jax.Array
    top_k: jax.Array
    top_p: jax.Array
    repetition_penalty: jax.Array
    seeds: jax.Array


def drawn(scores: jax.Array, chances: Chances, count: jax.Array) -> jax.Array:
    """One token for each row, int32 (batch,).

    Args:
        scores: float32 (batch, vocabulary), after any penalty.
        chances: how.
        count: int32 (), how many tokens were drawn before: chance depends on it and the seed alone.
    """

    def by_chance(scores: jax.Array) -> jax.Array:
        keys = jax.vmap(lambda seed: jax.random.fold_in(jax.random.key(seed), count))(chances.seeds)
        noise = jax.vmap(lambda key: jax.random.gumbel(key, scores.shape[1:]))(keys)
        return best(let_through(scores, chances) + noise)

    token: jax.Array = jax.lax.cond(chances.temperature > 0, by_chance, best, scores)
    return token


def penalised(scores: jax.Array, seen: jax.Array, penalty: jax.Array) -> jax.Array:
    """Scores of tokens seen before, made smaller by a factor: divided, or below 0 multiplied."""
    less = jnp.where(scores > 0, scores / penalty, scores * penalty)
    return jnp.where(seen, less, scores)


def let_through(scores: jax.Array, chances: Chances) -> jax.Array:
    """Scores by the temperature; `LOWEST` for those that top-k and top-p leave out."""
    scores = jnp.maximum(scores / jnp.maximum(chances.temperature, 1e-6), LOWEST)
    some = (chances.top_k < scores.shape[1], chances.top_p < 1.0)
    scores = jax.lax.cond(some[0], _top_k, lambda scores, _: scores, scores, chances.top_k)
    left: jax.Array = jax.lax.cond(some[1], _top_p, lambda scores, _: scores, scores, chances.top_p)
    return left


def best(scores: jax.Array) -> jax.Array:
    """The first of the highest scores of each row, int32 (batch,)."""
    places = jax.lax.broadcasted_iota(jnp.int32, scores.shape, 1)
    highest = scores == scores.max(axis=1, keepdims=True)
    last = scores.shape[1] - 1
    return jnp.where(highest, places, last).min(axis=1)


def _top_k(scores: jax.Array, k: jax.Array) -> jax.Array:
    def enough(mask: jax.Array) -> jax.Array:
        return mask.sum(axis=1, dtype=jnp.int32) >= k

    return jnp.where(_fewest(scores, enough), scores, LOWEST)


def _top_p(scores: jax.Array, p: jax.Array) -> jax.Array:
    shares = jax.nn.softmax(scores, axis=1)

    def enough(mask: jax.Array) -> jax.Array:
        return jnp.where(mask, shares, 0.0).sum(axis=1) >= p

    return jnp.where(_fewest(scores, enough), scores, LOWEST)


def _fewest(scores: jax.Array, enough: Callable[[jax.Array], jax.Array]) -> jax.Array:
    """The fewest of the highest scores that are enough, and their equals: bool, as `scores`."""
    bits = jax.lax.bitcast_convert_type(scores, jnp.uint32)
    # As unsigned numbers in the order of the scores.
    order = jnp.where(bits >> 31 == 1, ~bits, bits | jnp.uint32(1 << 31))

    def lifted(step: jax.Array, least: jax.Array) -> jax.Array:
        higher = least | (jnp.uint32(1) << (BITS - 1 - step).astype(jnp.uint32))
        return jnp.where(enough(order >= higher[:, None]), higher, least)

    zero = jnp.zeros(scores.shape[0], jnp.uint32)
    least: jax.Array = jax.lax.fori_loop(0, BITS, lifted, zero)
    return order >= least[:, None]
