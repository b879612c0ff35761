"""Published weights give the numbers that transformers gives."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from ranvier.families.transformer.published import read_published, write_published
from ranvier.training.blueprint import blueprint_of
from tests.families.transformer.published.folders import (
    GOLDEN,
    NAMES,
    asked,
    builder_of,
    expected,
    network_of,
    real,
)

CLOSE = 1e-5  # where 1e-4 is promised


def answers(name, folder):
    published = read_published(folder)
    network, questions = network_of(published), asked(name, published.shape)
    if published.head == "classes":
        return {"logits": network(questions)}
    hidden = network.hidden(questions)
    found = {"hidden": hidden[real(name)]}
    if published.head == "none":
        means = [row[:n].mean(axis=0) for row, n in zip(hidden, questions["lengths"], strict=True)]
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        return found | {"embedding": np.array(means) / lengths}
    return found | {"logits": network.logits(hidden)[real(name)]}


@pytest.mark.parametrize("name", NAMES)
def test_as_transformers(name):
    known = expected(name)
    for part, came in answers(name, GOLDEN / name).items():
        wanted = known[part][real(name)] if known[part].ndim == 3 else known[part]
        np.testing.assert_allclose(came, wanted, atol=CLOSE, rtol=0, err_msg=part)


def test_the_numbers_depend_on_every_array():
    """Nothing of a file is read and then left aside, and the comparison sees it."""
    published = read_published(GOLDEN / "llama")
    blueprint, questions = blueprint_of(builder_of(published)), asked("llama", published.shape)
    logits = jax.jit(lambda parameters: blueprint.assemble(parameters, {})(questions))
    before = logits(published.parameters)
    for path, array in published.parameters.items():
        after = logits(published.parameters | {path: array + np.float32(0.1)})
        assert np.abs(after - before).max() > 10 * CLOSE, path


@pytest.mark.parametrize("name", NAMES)
def test_the_way_back(name, tmp_path):
    read = read_published(GOLDEN / name)
    kind = write_published(
        tmp_path / "a",
        read.shape,
        read.parameters,
        read.tokenizer,
        kind=read.kind,
        head=read.head,
        labels=read.labels,
        task=read.task,
        max_length=read.max_length,
    )
    again = read_published(tmp_path / "a")
    assert (kind, again.head, again.labels, again.task) == (
        read.kind, read.head, read.labels, read.task,
    )  # fmt: skip
    assert again.tokenizer == read.tokenizer
    assert again.max_length == read.max_length
    assert set(again.parameters) >= set(read.parameters)
    for path, array in read.parameters.items():
        np.testing.assert_array_equal(again.parameters[path], array, err_msg=path)
    for path in set(again.parameters) - set(read.parameters):
        assert not again.parameters[path].any(), path
    if name != "qwen2":  # whose biases Llama's form has with others, of zeros
        assert again.shape == read.shape
