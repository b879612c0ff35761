"""A network taken apart into plain dictionaries of arrays, and put together again.

Flax NNX variables may not be changed from another trace level, so the compiled loops carry
plain dictionaries, path -> array, and assemble the module afresh inside each traced step.
Nothing of that is left at run time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier import garbage
from ranvier.training import randomness

Arrays = dict[str, jax.Array]


class Setting(nnx.Variable[jax.Array]):
    """A number inside a network that a run sets without compiling again: a dropout rate.

    Its metadata `hyperparameter` names the run's setting whose value it takes.
    """


@dataclass(frozen=True)
class Pace:
    """How fast one parameter moves, beside the others.

    A layer says so in the metadata of its parameter: `nnx.Param(value, rate=0.1, decay=0.0)`.

    Attributes:
        rate: its share of the learning rate.
        decay: its share of the weight decay, which is also multiplied by its learning rate.
    """

    rate: float = 1.0
    decay: float = 1.0


class Blueprint:
    """The shape of a network: everything but its numbers.

    Attributes:
        parameters: path -> shape and dtype of each trainable array.
        variables: the same for what else changes in training (batch statistics).
        paces: path -> the pace of each parameter that has one of its own.
    """

    def __init__(self, build: Callable[[nnx.Rngs], nnx.Module]) -> None:
        self._build = build
        with garbage.paused():
            abstract = nnx.eval_shape(lambda: build(_streams(jax.random.key(0))))
        self._graph, state = nnx.split(abstract)
        self._template = dict(nnx.to_flat_state(state))
        self.parameters = self._shapes(lambda v: isinstance(v, nnx.Param))
        self.variables = self._shapes(
            lambda v: not isinstance(v, (nnx.Param, Setting, nnx.RngState))
        )
        self.paces = {_join(p): pace for p, v in self._template.items() if (pace := _pace(v))}

    def _shapes(self, keep: Callable[[Any], bool]) -> dict[str, jax.ShapeDtypeStruct]:
        return {_join(p): v.get_value() for p, v in self._template.items() if keep(v)}

    def initialise(self, seed: jax.Array) -> tuple[Arrays, Arrays]:
        """Fresh parameters and variables for a seed; traceable, so one call compiles it all."""
        key = randomness.key_for(seed, randomness.INITIALISATION)
        return self.take_apart(self._build(_streams(key)))

    def take_apart(self, network: nnx.Module) -> tuple[Arrays, Arrays]:
        """The parameters and the variables of a network of this shape."""
        flat = {_join(p): v.get_value() for p, v in nnx.to_flat_state(nnx.state(network))}
        return (
            {path: flat[path] for path in self.parameters},
            {path: flat[path] for path in self.variables},
        )

    def assemble(
        self,
        parameters: Mapping[str, Any],
        variables: Mapping[str, Any],
        *,
        settings: Mapping[str, Any] | None = None,
        key: jax.Array | None = None,
    ) -> Any:
        """The network with these numbers.

        With a `key` it is in training mode and draws its randomness (dropout) from that key;
        without, it is in evaluation mode.
        """
        key_or_any = jax.random.key(0) if key is None else key
        flat, streams = [], 0
        for path, variable in self._template.items():
            name = _join(path)
            if name in self.parameters:
                value = parameters[name]
            elif name in self.variables:
                value = variables[name]
            elif isinstance(variable, Setting):
                name_of_setting = variable.get_metadata()["hyperparameter"]
                value = jnp.float32(0) if settings is None else settings[name_of_setting]
            elif isinstance(variable, nnx.RngKey):
                value, streams = jax.random.fold_in(key_or_any, streams), streams + 1
            else:
                value = jnp.zeros((), jnp.uint32)  # how often a stream was used
            flat.append((path, variable.replace(value)))
        network = nnx.merge(self._graph, nnx.from_flat_state(flat), copy=True)
        if key is None:
            network.eval()
        else:
            network.train()
        return network


def _pace(variable: Any) -> Pace | None:
    if not isinstance(variable, nnx.Param):
        return None
    said = variable.get_metadata()
    if "rate" not in said and "decay" not in said:
        return None
    usual = float(variable.get_value().ndim >= 2)
    return Pace(rate=said.get("rate", 1.0), decay=said.get("decay", usual))


def _streams(key: jax.Array) -> nnx.Rngs:
    return nnx.Rngs(params=key, default=jax.random.fold_in(key, 1))


def _join(path: tuple[Any, ...]) -> str:
    return "/".join(str(part) for part in path)


@functools.lru_cache(maxsize=32)
def blueprint_of(build: Callable[[nnx.Rngs], nnx.Module]) -> Blueprint:
    """The blueprint of a builder, made once."""
    return Blueprint(build)
