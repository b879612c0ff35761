"""What a step of language learns from: which tokens count, and what is hidden."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.transformer.learning import HiddenToken, NextToken, begun, scored
from ranvier.training.learner import Context
from tests.families.transformer.test_stack import SHAPES, VOCABULARY, network_of, tokens_of

CONTEXT = 12


def step_of(loss: Any, network: Any, inputs: dict[str, Any], seed: int = 0) -> float:
    rows = len(inputs["tokens"])
    context = Context({}, jnp.float32(0), jax.random.key(seed))
    batch = {"inputs": inputs, "weights": jnp.ones(rows)}
    return float(loss(network, batch, context)[0])


def test_the_loss_of_each_text_is_the_same_packed_or_alone() -> None:
    network = network_of(SHAPES["rotary"])
    tokens, sizes = tokens_of(1, CONTEXT + 1), (6, 4, 3)
    documents = np.repeat([1, 2, 3], sizes)[None].astype(np.int32)
    together = NextToken(CONTEXT).of_rows(network, {"tokens": tokens, "documents": documents})
    start, nats, count = 0, 0.0, 0.0
    for size in sizes:
        alone = NextToken(size - 1).of_rows(network, {"tokens": tokens[:, start : start + size]})
        nats, count, start = nats + float(alone[0][0]), count + float(alone[2][0]), start + size
    np.testing.assert_allclose(float(together[0][0]), nats, atol=1e-5 * count)
    assert float(together[2][0]) == count == sum(sizes) - len(sizes)


def test_padding_behind_the_last_text_counts_for_nothing() -> None:
    network = network_of(SHAPES["learned"])
    tokens = tokens_of(1, CONTEXT + 1)
    documents = np.repeat([1, 0], (5, CONTEXT - 4))[None].astype(np.int32)
    nats, _, count = NextToken(CONTEXT).of_rows(network, {"tokens": tokens, "documents": documents})
    assert float(count[0]) == 4
    tokens[0, 5:] = 0
    again = NextToken(CONTEXT).of_rows(network, {"tokens": tokens, "documents": documents})
    np.testing.assert_allclose(nats, again[0], atol=1e-5)


def test_a_row_with_spare_tokens_begins_anywhere() -> None:
    whole = np.arange(20, dtype=np.int32)[None]
    starts = {
        int(begun({"tokens": whole}, 13, jax.random.key(n))["tokens"][0, 0]) for n in range(60)
    }
    assert starts == set(range(7))
    judged = begun({"tokens": whole}, 13, None)["tokens"]
    np.testing.assert_array_equal(judged, whole[:, :13])


def test_scores_are_those_of_a_softmax() -> None:
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((2, 3, 5)).astype(np.float32)
    aims = rng.integers(0, 5, (2, 3)).astype(np.int32)
    counts = np.array([[1, 1, 0], [1, 0, 0]], np.float32)
    nats, right, total = scored(logits, aims, counts)
    chances = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    each = -np.log(np.take_along_axis(chances, aims[..., None], axis=-1)[..., 0])
    np.testing.assert_allclose(nats, (each * counts).sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(right, ((logits.argmax(-1) == aims) * counts).sum(axis=1))
    np.testing.assert_allclose(total, counts.sum(axis=1))


class Spy:
    """A network that remembers the tokens it was shown."""

    shown: np.ndarray

    def hidden(self, inputs: Any) -> jax.Array:
        self.shown = np.asarray(inputs["tokens"])
        return jnp.zeros((*self.shown.shape, 4))

    def logits(self, x: jax.Array) -> jax.Array:
        return jnp.zeros((*x.shape[:-1], VOCABULARY))


def test_a_share_of_the_tokens_is_hidden_as_in_bert() -> None:
    mask, marks, rows = 4, (0, 1, 2, 3, 4), 400
    rng = np.random.default_rng(0)
    tokens = rng.integers(5, VOCABULARY, (rows, 40)).astype(np.int32)
    tokens[:, 0], tokens[:, 39] = 2, 3
    spy, loss = Spy(), HiddenToken(40, 0.15, mask, marks, VOCABULARY)
    nats, _, count = loss.of_rows(spy, {"tokens": jnp.asarray(tokens)})
    assert float(count.sum()) == rows * 6  # 15 % of 40
    np.testing.assert_allclose(nats / count, np.log(VOCABULARY), rtol=1e-5)
    changed = spy.shown != tokens
    assert not changed[:, [0, 39]].any()  # marks are never hidden
    masked = (spy.shown == mask).sum() / (rows * 6)
    other = (changed & (spy.shown != mask)).sum() / (rows * 6)
    assert 0.76 < masked < 0.84
    assert 0.06 < other < 0.13


def test_a_row_of_few_tokens_hides_no_padding() -> None:
    spy, loss = Spy(), HiddenToken(12, 0.5, 4, (0, 2, 3), VOCABULARY)
    tokens = jnp.array([[2, 7, 8, 3, *[0] * 8]], jnp.int32)
    documents = jnp.array([[1, 1, 1, 1, *[0] * 8]], jnp.int32)
    _, _, count = loss.of_rows(spy, {"tokens": tokens, "documents": documents})
    assert float(count[0]) == 2
    np.testing.assert_array_equal(spy.shown[0, 4:], 0)


def test_another_step_hides_other_tokens_and_a_judge_the_same() -> None:
    network = network_of(SHAPES["learned"], "masked_language_model")
    inputs = {"tokens": jnp.asarray(tokens_of(4))}
    loss = HiddenToken(12, 0.3, 4, (0,), VOCABULARY)
    assert step_of(loss, network, inputs, 0) != step_of(loss, network, inputs, 1)
    one, two = loss.of_rows(network, inputs), loss.of_rows(network, inputs)
    np.testing.assert_array_equal(one[0], two[0])
