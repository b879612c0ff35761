"""How a token is drawn, beside NumPy."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.families.transformer.generation.sampling import (
    LOWEST,
    Chances,
    best,
    drawn,
    let_through,
    penalised,
)

ROWS, VOCABULARY = 7, 50


def chances(
    rows: int = ROWS, temperature: float = 1.0, top_k: int = VOCABULARY, top_p: float = 1.0
) -> Chances:
    return Chances(
        jnp.float32(temperature),
        jnp.int32(top_k),
        jnp.float32(top_p),
        jnp.float32(1.0),
        jnp.arange(rows, dtype=jnp.uint32),
    )


@pytest.fixture(scope="module")
def scores() -> np.ndarray[Any, Any]:
    found = np.random.default_rng(0).normal(0, 3, (ROWS, VOCABULARY)).astype(np.float32)
    found[0, :5] = 2.5  # equals
    found[1] = -np.abs(found[1])
    found[2, 3] = LOWEST
    return found


def softmax(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    powers = np.exp(x.astype(np.float64) - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("k", [1, 2, 10, VOCABULARY - 1, VOCABULARY])
def test_top_k_lets_the_best_k_through_and_their_equals(
    scores: np.ndarray[Any, Any], k: int
) -> None:
    left = np.asarray(let_through(jnp.asarray(scores), chances(top_k=k)))
    least = np.sort(scores, axis=1)[:, -k]
    assert ((left > LOWEST) == ((scores >= least[:, None]) & (scores > LOWEST))).all()
    np.testing.assert_array_equal(left[left > LOWEST], scores[left > LOWEST])


@pytest.mark.parametrize("p", [0.01, 0.5, 0.9, 0.999])
def test_top_p_lets_the_fewest_through_that_have_p_together(
    scores: np.ndarray[Any, Any], p: float
) -> None:
    scores = scores[1:]  # without equals, of which all are let through
    left = np.asarray(let_through(jnp.asarray(scores), chances(ROWS - 1, top_p=p))) > LOWEST
    shares = softmax(scores)
    together = np.where(left, shares, 0).sum(axis=1)
    rarest = np.where(left, shares, 1).min(axis=1)
    assert (together >= p - 1e-6).all()
    assert (together - rarest < p).all()
    assert (np.where(left, 0, shares).max(axis=1) < rarest).all()


def test_top_p_counts_among_those_that_top_k_and_the_temperature_leave() -> None:
    scores = jnp.log(jnp.array([[0.4, 0.3, 0.2, 0.1]]))
    left = let_through(scores, chances(1, top_k=2, top_p=0.5)) > LOWEST
    assert left.tolist() == [[True, False, False, False]]  # 0.4 of 0.7
    left = let_through(scores, chances(1, top_p=0.5)) > LOWEST
    assert left.tolist() == [[True, True, False, False]]
    left = let_through(scores, chances(1, temperature=0.25, top_p=0.5)) > LOWEST
    assert left.tolist() == [[True, False, False, False]]


def test_tokens_come_as_often_as_they_are_likely() -> None:
    wanted = np.array([0.5, 0.25, 0.15, 0.07, 0.03])
    rows = 20_000
    scores = jnp.tile(jnp.log(jnp.asarray(wanted, jnp.float32)), (rows, 1))
    for count in (0, 7):
        tokens = np.asarray(jax.jit(drawn)(scores, chances(rows), jnp.int32(count)))
        found = np.bincount(tokens, minlength=5) / rows
        np.testing.assert_allclose(found, wanted, atol=0.012)  # three standard deviations


def test_neither_rows_nor_steps_share_their_chance() -> None:
    scores = jnp.zeros((2, 1000))
    draw = jax.jit(drawn)
    tokens = np.array([draw(scores, chances(2), jnp.int32(n)) for n in range(40)])
    assert len(set(tokens.ravel().tolist())) > 60  # of 80


def test_the_greatest_and_of_equals_the_first(scores: np.ndarray[Any, Any]) -> None:
    np.testing.assert_array_equal(best(jnp.asarray(scores)), scores.argmax(axis=1))
    assert best(jnp.zeros((1, 4))).tolist() == [0]
    greedy = drawn(jnp.asarray(scores), chances(temperature=0.0), jnp.int32(3))
    np.testing.assert_array_equal(greedy, scores.argmax(axis=1))


def test_the_penalty_lowers_scores_of_both_signs() -> None:
    scores, seen = jnp.array([[2.0, -2.0, 2.0]]), jnp.array([[True, True, False]])
    assert penalised(scores, seen, jnp.float32(2.0)).tolist() == [[1.0, -4.0, 2.0]]
