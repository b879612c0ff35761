"""What every family must do before it sees any data, whichever families there are."""

import importlib
from dataclasses import fields

import pytest
from sklearn.base import clone

import ranvier as rv
from ranvier.hyperparameters import rules
from ranvier.loading import FAMILIES
from tests.contracts.members import make


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


def test_every_family_is_public_under_its_name(family):
    module, name = FAMILIES[family]
    model_class = getattr(importlib.import_module(module), name)
    assert model_class.family == family
    assert getattr(rv, name) is model_class


def test_the_constructor_stores_and_does_nothing_else(family):
    odd = object()
    model = make(family, epochs=odd)
    assert model.epochs is odd
    assert model.get_params()["epochs"] is odd
    assert not [name for name in vars(model) if name.endswith("_")]


def test_every_hyperparameter_has_one_line_of_help_and_a_default(family):
    model_class = type(make(family))
    assert set(rules(model_class)) == {f.name for f in fields(model_class)}
    for name, rule in rules(model_class).items():
        assert rule.help, name
        assert "\n" not in rule.help, name
    model_class()


def test_clone_and_set_params_keep_every_hyperparameter(family):
    model = make(family, learning_rate=0.01, seed=7)
    copied = clone(model)
    assert copied is not model
    assert copied.get_params() == model.get_params()
    assert model.set_params(learning_rate=0.02) is model
    assert model.learning_rate == 0.02
    with pytest.raises(ValueError, match="Invalid parameter"):
        model.set_params(learning_rat=1)
