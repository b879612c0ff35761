"""Hyperparameters outside their range, of the wrong type, or unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
from flax import nnx

import ranvier as rv
from ranvier.errors import DivergedError, HyperparameterError
from tests.bad_input.case import Refused, fit, halves, numbers


def refused(what: str, **settings: Any) -> Refused:
    return Refused(what, HyperparameterError, lambda f: fit(numbers(), halves(), **settings))


def no_module(inputs: Any, outputs: Any, rngs: Any) -> int:
    return 3


def too_wide(inputs: Any, outputs: Any, rngs: Any) -> nnx.Module:
    return nnx.Linear(inputs.numeric, outputs.units + 2, rngs=rngs)


def custom(build: Any) -> rv.Custom:
    return rv.Custom(build=build, epochs=1, verbose=0).fit(numbers(), halves())


def diverge() -> rv.FCNN:
    return fit(
        numbers(), 1e3 * numbers(40), recipe="textbook", optimizer="sgd", learning_rate=1e9,
        epochs=20, task="regression",
    )  # fmt: skip


CASES = [
    refused("no epochs", epochs=0),
    refused("half an epoch", epochs=0.5),
    refused("epochs as text", epochs="ten"),
    refused("a truth for a number", epochs=True),
    refused("a list for a number", epochs=[10, 20]),
    refused("an empty batch", batch_size=0),
    refused("a negative learning rate", learning_rate=-0.1),
    refused("a learning rate of zero", learning_rate=0),
    refused("a learning rate that is no number", learning_rate=float("nan")),
    refused("an infinite weight decay", weight_decay=float("inf")),
    refused("an optimizer misspelt", optimizer="adamm"),
    refused("an optimizer that is not there", optimizer="rmsprop"),
    refused("an optimizer that is an object", optimizer=np.ones(2)),
    refused("an activation misspelt", activation="rellu"),
    refused("a schedule misspelt", schedule="cosin"),
    refused("a normalisation misspelt", normalization="bach"),
    refused("a recipe that is not there", recipe="best"),
    refused("a task misspelt", task="regresion"),
    refused("a precision that is not there", precision="float16"),
    refused("weight decay with adam", optimizer="adam", weight_decay=0.1),
    refused("dropout above one", dropout=1.5),
    refused("momentum above one", momentum=1.1),
    refused("no hidden layer", hidden=()),
    refused("a hidden layer without neurons", hidden=(0,)),
    refused("hidden layers as text", hidden="128,64"),
    refused("a fraction of a neuron", hidden=(12.5,)),
    refused("no members", members=0),
    refused("every row for validation", validation_fraction=1.0),
    refused("patience of zero", patience=0),
    refused("a truth as text", residual="yes"),
    refused("a negative seed", seed=-1),
    refused("no value where one is needed", momentum=None),
    refused("verbose as text", verbose="loud"),
    refused("more devices than there are", devices=1000),
    refused("a memory that is no size", max_memory="plenty"),
    refused("a negative memory", max_memory=-5),
    Refused("a hyperparameter that is not there", TypeError, lambda f: rv.FCNN(learning_rat=0.1)),
    Refused(
        "set_params with an unknown name",
        ValueError,
        lambda f: rv.FCNN().set_params(learning_rat=0.1),
        contract=True,
    ),
    Refused("a Custom network without build", HyperparameterError, lambda f: custom(None)),
    Refused("a build that gives no module", HyperparameterError, lambda f: custom(no_module)),
    Refused("a build whose module is too wide", HyperparameterError, lambda f: custom(too_wide)),
    Refused(
        "a learning rate at which the loss grows without end", DivergedError, lambda f: diverge()
    ),
]
