"""The stack: what a token sees, where it stands, and that all forms of it give the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.families.transformer import stack
from ranvier.families.transformer.attention import attend, attention_weights
from ranvier.families.transformer.builder import CAUSAL, MASKED, TransformerBuilder
from ranvier.families.transformer.embedding import places
from ranvier.families.transformer.shape import RotaryScaling, Shape
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.blueprint import blueprint_of

VOCABULARY, STEPS = 30, 12
SHAPE = Shape(layers=3, width=16, heads=4, key_heads=2, head_width=4, hidden=24, longest=STEPS)
SHAPES = {
    "learned": SHAPE,
    "rotary": replace(SHAPE, positions="rotary", norm="rms", activation="swiglu", longest=0),
    "post": replace(SHAPE, norm_place="post", embed_norm=True, activation="relu"),
    "plain": replace(SHAPE, attend_biases=False, biases=False, norm_biases=False),
}


def network_of(shape: Shape, language: str = CAUSAL, seed: int = 0) -> Any:
    """A network whose arrays are all drawn at random, so that none of them is idle."""
    build = TransformerBuilder(
        InputSpec(steps=STEPS, vocabulary=VOCABULARY),
        OutputSpec(VOCABULARY, "softmax", "cross_entropy", each_step=True),
        replace(shape, causal=language == CAUSAL),
        language,
    )
    blueprint = blueprint_of(build)
    rng = np.random.default_rng(seed)
    parameters = {
        path: (0.3 * rng.standard_normal(s.shape)).astype(np.float32)
        for path, s in blueprint.parameters.items()
    }
    return blueprint.assemble(parameters, {})


def tokens_of(rows: int, steps: int = STEPS) -> np.ndarray:
    return np.random.default_rng(1).integers(0, VOCABULARY, (rows, steps)).astype(np.int32)


@pytest.mark.parametrize("language", [CAUSAL, MASKED])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_texts_in_one_row_do_not_see_each_other(shape: Shape, language: str) -> None:
    network, sizes = network_of(shape, language), (5, 3, 4)
    tokens = tokens_of(1)
    documents = np.repeat([1, 2, 3], sizes)[None].astype(np.int32)
    packed = network({"tokens": tokens, "documents": documents})
    start = 0
    for size in sizes:
        alone = network({"tokens": tokens[:, start : start + size]})
        np.testing.assert_allclose(packed[:, start : start + size], alone, atol=1e-5)
        start += size


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_padding_is_not_seen(shape: Shape) -> None:
    network = network_of(shape, MASKED)
    tokens = tokens_of(2)
    lengths = np.array([7, STEPS], np.int32)
    whole = network({"tokens": tokens, "lengths": lengths})
    alone = network({"tokens": tokens[:1, :7]})
    np.testing.assert_allclose(whole[0, :7], alone[0], atol=1e-5)
    other = tokens.copy()
    other[0, 7:] = 3
    again = network({"tokens": other, "lengths": lengths})
    np.testing.assert_array_equal(whole[0, :7], again[0, :7])


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_causal_network_does_not_see_what_comes_later(shape: Shape) -> None:
    tokens = tokens_of(1)
    later = tokens.copy()
    later[0, 6:] = (later[0, 6:] + 1) % VOCABULARY
    for language, same in ((CAUSAL, True), (MASKED, False)):
        network = network_of(shape, language)
        one, two = network({"tokens": tokens}), network({"tokens": later})
        assert bool(jnp.allclose(one[0, :6], two[0, :6], atol=1e-6)) == same


def test_the_loop_over_layers_gives_what_layers_side_by_side_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = {"tokens": tokens_of(2)}
    network = network_of(SHAPES["rotary"])
    side_by_side = network(tokens)
    monkeypatch.setattr(stack, "UNROLLED", 1)
    np.testing.assert_allclose(network(tokens), side_by_side, atol=1e-5)


def test_values_that_are_computed_anew_give_the_same_gradient() -> None:
    def gradient(shape: Shape) -> Any:
        network = network_of(shape)
        return nnx.grad(lambda n: jnp.sum(jnp.sin(n({"tokens": tokens_of(2)}))))(network)

    kept, anew = gradient(SHAPE), gradient(replace(SHAPE, rematerialise=True))
    for one, two in zip(jax.tree.leaves(kept), jax.tree.leaves(anew), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("keys", [1, 2, 4])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_our_attention_is_that_of_jax(keys: int, causal: bool, masked: bool) -> None:
    rng = np.random.default_rng(2)
    query = rng.standard_normal((2, 6, 4, 8)).astype(np.float32)
    key, value = rng.standard_normal((2, 2, 6, keys, 8)).astype(np.float32)
    mask = (np.arange(6) < 4)[None, None, None] if masked else None
    ours = attend(query, key, value, mask, causal=causal)
    theirs = jax.nn.dot_product_attention(query, key, value, mask=mask, is_causal=causal)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_attention_weights_are_those_that_attention_takes() -> None:
    rng = np.random.default_rng(3)
    query = rng.standard_normal((1, 5, 4, 8)).astype(np.float32)
    key, value = rng.standard_normal((2, 1, 5, 2, 8)).astype(np.float32)
    weights = attention_weights(query, key, None)
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-6)
    taken = jnp.einsum("bhts,bshd->bthd", weights, jnp.repeat(value, 2, axis=2))
    np.testing.assert_allclose(taken, attend(query, key, value, None), atol=1e-6)


def test_rotary_positions_count_from_one_token_to_another() -> None:
    shape = replace(SHAPES["rotary"], layers=1)
    network = network_of(shape)
    x = network.embedded({"tokens": tokens_of(1)})
    places_of = jnp.arange(STEPS, dtype=jnp.int32)
    here = network.stack(x, positions=places_of)
    far = network.stack(x, positions=places_of + 100)
    np.testing.assert_allclose(here, far, atol=1e-4)
    assert not np.allclose(here, network.stack(x, positions=2 * places_of), atol=1e-4)


def test_places_begin_anew_in_each_document() -> None:
    documents = np.array([[1, 1, 1, 2, 2, 0, 0], [1, 2, 2, 2, 3, 3, 3]], np.int32)
    expected = [[0, 1, 2, 0, 1, 0, 1], [0, 0, 1, 2, 0, 1, 2]]
    np.testing.assert_array_equal(places(jnp.asarray(documents)), expected)


def test_a_shape_is_plain_data_and_back() -> None:
    shape = replace(SHAPE, rotary_scaling=RotaryScaling(8.0, 1.0, 4.0, 128))
    assert Shape.of(shape.pairs()) == shape
    assert Shape.of(SHAPE.pairs()) == SHAPE
