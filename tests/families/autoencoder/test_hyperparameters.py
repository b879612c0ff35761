"""What is set for autoencoders only: bad values, and what is decided from the data."""

from dataclasses import fields

import numpy as np
import pytest

import ranvier as rv
from ranvier.families.autoencoder.recipes import components_of, dimensions_of, pieces_of
from ranvier.hyperparameters import Hyperparameters

BAD = [
    ("kind", "sparce", 'kind must be one of .*Nearest: "sparse"'),
    ("dimensions", 0, "dimensions must be a whole number of at least 1"),
    ("linear", "yes", "linear must be True or False"),
    ("hidden", (8, 0), "hidden must be whole numbers above 0"),
    ("activation", "relo", 'Nearest: "relu"'),
    ("filters", (4.5,), "filters must be whole numbers above 0"),
    ("kernel_size", 0, "kernel_size must be a whole number of at least 1"),
    ("cell", "grue", 'Nearest: "gru"'),
    ("state_width", 0, "state_width must be a whole number of at least 1"),
    ("noise", -1, "noise must be a number of at least 0"),
    ("masking", 0.99, "masking must be a number of at least 0 and at most 0.95"),
    ("sparsity", -0.1, "sparsity must be a number of at least 0"),
    ("beta", float("nan"), "beta must be a number of at least 0"),
    ("codes", 1, "codes must be a whole number of at least 2"),
    ("parts", 0, "parts must be a whole number of at least 1"),
    ("commitment", -1, "commitment must be a number of at least 0"),
    ("components", 0, "components must be a whole number of at least 1"),
    ("layout", "WH", "layout must be one of"),
    ("image_size", 2, "image_size must be a whole number of at least 4"),
    ("resize", "shrink", "resize must be one of crop, pad, squash"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD, ids=lambda v: repr(v)[:30])
def test_a_bad_value_is_named_when_fitted_and_not_before(name, value, said):
    model = rv.Autoencoder(**{name: value, "verbose": 0})
    with pytest.raises(rv.HyperparameterError, match=said):
        model.fit(np.arange(40.0).reshape(20, 2))
    assert not hasattr(model, "task_")


def test_every_hyperparameter_of_its_own_has_a_bad_value_here():
    common = {f.name for f in fields(Hyperparameters)}
    assert {name for name, *_ in BAD} == {f.name for f in fields(rv.Autoencoder)} - common


def test_parts_that_do_not_divide_the_code_are_refused():
    model = rv.Autoencoder(kind="vector_quantised", dimensions=4, parts=3, verbose=0)
    with pytest.raises(rv.HyperparameterError, match="parts must divide dimensions=4; got 3"):
        model.fit(np.random.default_rng(0).normal(size=(30, 6)))


def test_another_task_is_refused():
    with pytest.raises(rv.HyperparameterError, match="whose rows are their own target"):
        rv.Autoencoder(task="regression", verbose=0).fit(np.zeros((20, 3)))


def test_the_code_is_a_quarter_of_a_row():
    assert [dimensions_of("plain", n) for n in (1, 2, 4, 13, 64, 784)] == [1, 2, 2, 3, 16, 32]
    assert [dimensions_of("sparse", n) for n in (1, 64, 784)] == [2, 64, 128]


def test_pieces_are_of_two_numbers_where_they_can_be():
    assert pieces_of(None, None, 8, 100) == (4, 64)
    assert pieces_of(None, None, 3, 10_000) == (3, 256)
    assert pieces_of(16, 2, 8, 100) == (2, 16)


def test_a_mixture_has_as_many_gaussians_as_the_rows_can_tell_apart():
    assert [components_of(rows, 8) for rows in (10, 200, 100_000)] == [1, 2, 10]
