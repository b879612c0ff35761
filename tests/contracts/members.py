"""Every family that `ranvier.loading` knows, with what its constructor cannot do without."""

from __future__ import annotations

import importlib
from typing import Any

import jax
from flax import nnx

from ranvier.loading import FAMILIES
from ranvier.model import Model
from ranvier.specification import InputSpec, OutputSpec


class TwoLayers(nnx.Module):
    """What a user of `Custom` might write."""

    def __init__(self, inputs: InputSpec, outputs: OutputSpec, rngs: nnx.Rngs) -> None:
        self.first = nnx.Linear(inputs.numeric, 32, rngs=rngs)
        self.second = nnx.Linear(32, outputs.units, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.second(nnx.relu(self.first(x)))


REQUIRED: dict[str, dict[str, Any]] = {"custom": {"build": TwoLayers}}
# Of whole pictures and signals, which a table's row of numbers is only for a test.
WHOLE = ("cnn", "rnn", "transformer")
SMALL: dict[str, dict[str, Any]] = {
    "cnn": {"filters": (4, 8), "depth": 1},
    "rnn": {"units": (4,), "convolutions": (4,)},
    "transformer": {"layers": 1, "width": 8, "heads": 2},
    "autoencoder": {"dimensions": 2, "hidden": (8,), "filters": (4,)},
    "gan": {"latent": 4, "filters": 4},
}


def class_of(family: str) -> type[Model]:
    """A family's public class."""
    module, name = FAMILIES[family]
    found: type[Model] = getattr(importlib.import_module(module), name)
    return found


# Those that predict a target.
SUPERVISED = [family for family in FAMILIES if class_of(family)._supervised]


def make(family: str, **hyperparameters: Any) -> Model:
    """An unfitted, quiet model of a family."""
    usual = SMALL.get(family, {}) | {"verbose": 0}
    model: Model = class_of(family)(**REQUIRED.get(family, {}), **(usual | hyperparameters))
    return model


def load_arguments(family: str) -> dict[str, Any]:
    """What `ranvier.load` needs beside the path."""
    return {k: v for k, v in REQUIRED.get(family, {}).items() if k == "build"}
