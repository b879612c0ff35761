"""The input layer of a table: what each code becomes."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.layers.table_input import (
    LARGEST_ONE_HOT,
    TableInput,
    embedding_width,
    input_width,
    is_embedded,
    one_hot_vector,
    one_hot_width,
)
from ranvier.specification import InputSpec

SPEC = InputSpec(numeric=2, categories=(4, 20))


def inputs(first, second):
    rows = len(first)
    return {
        "numeric": jnp.arange(2.0 * rows).reshape(rows, 2),
        "categories": jnp.array(np.stack([first, second], axis=1), jnp.int32),
    }


def test_numbers_one_hot_codes_and_embeddings_side_by_side():
    layer = TableInput(SPEC, rngs=nnx.Rngs(0))
    given = inputs([1, 3], [5, 19])
    out = layer(given)
    width = embedding_width(20)
    assert out.shape == (2, 2 + 3 + width) == (2, input_width(SPEC))
    np.testing.assert_array_equal(out[:, :2], given["numeric"])
    np.testing.assert_array_equal(out[:, 2:5], [[1, 0, 0], [0, 0, 1]])
    table = layer.embeddings[0].table[...]
    np.testing.assert_array_equal(out[:, 5:], table[jnp.array([5, 19])])


def test_a_value_never_seen_is_the_zero_vector():
    out = TableInput(SPEC, rngs=nnx.Rngs(0))(inputs([0], [0]))
    np.testing.assert_array_equal(out[0, 2:], 0.0)


def test_only_large_categories_are_embedded():
    assert not is_embedded(LARGEST_ONE_HOT + 1)
    assert is_embedded(LARGEST_ONE_HOT + 2)
    layer = TableInput(InputSpec(0, (3, 4)), rngs=nnx.Rngs(0))
    assert not nnx.state(layer, nnx.Param)


@pytest.mark.parametrize("codes", [12, 50, 1000, 100_000])
def test_embeddings_are_narrow_and_of_unit_length(codes):
    width = embedding_width(codes)
    assert 2 <= width <= 32
    table = TableInput(InputSpec(0, (codes,)), rngs=nnx.Rngs(0)).embeddings[0].table[...]
    assert table.shape == (codes, width)
    lengths = jnp.square(table[1:]).sum(axis=1)
    assert float(lengths.mean()) == pytest.approx(1.0, rel=0.5)


@pytest.mark.parametrize("spec", [InputSpec(0, (3, 12)), InputSpec(2), InputSpec(1, (15,))])
def test_columns_of_one_kind_alone(spec):
    given = {}
    if spec.numeric:
        given["numeric"] = jnp.ones((3, spec.numeric))
    if spec.categories:
        given["categories"] = jnp.ones((3, len(spec.categories)), jnp.int32)
    assert TableInput(spec, rngs=nnx.Rngs(0))(given).shape == (3, input_width(spec))
    assert one_hot_vector(spec, given).shape == (3, one_hot_width(spec))


def test_the_vector_without_parameters():
    out = one_hot_vector(SPEC, inputs([1, 0], [5, 0]))
    assert out.shape == (2, 2 + 3 + 19) == (2, one_hot_width(SPEC))
    np.testing.assert_array_equal(out[0, 2:].nonzero()[0], [0, 3 + 4])
    np.testing.assert_array_equal(out[1, 2:], 0.0)
