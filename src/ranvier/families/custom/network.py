"""A user's module, given a plain vector whatever the columns of the table are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.errors import HyperparameterError
from ranvier.layers.table_input import one_hot_vector, one_hot_width
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.learner import Batch, Context, Loss, Making, Player

MODULE = "module"  # the attribute, and so the first part of every parameter's path


@dataclass(frozen=True)
class CustomBuilder:
    """What shapes the network: equal functions and equal specifications share a program."""

    inputs: InputSpec
    outputs: OutputSpec
    build: Callable[..., Any]

    def __call__(self, rngs: nnx.Rngs) -> CustomNetwork:
        """A network with fresh weights."""
        return CustomNetwork(self, rngs=rngs)


class CustomNetwork(nnx.Module):
    """One-hot codes for categories, then the user's module."""

    def __init__(self, shape: CustomBuilder, *, rngs: nnx.Rngs) -> None:
        self.spec = shape.inputs
        told = InputSpec(numeric=one_hot_width(shape.inputs))
        self.units = shape.outputs.units
        self.module = shape.build(told, shape.outputs, rngs)
        if not isinstance(self.module, nnx.Module):
            raise HyperparameterError(
                "build must return a Flax NNX module; got a value of type "
                f"{type(self.module).__name__}; return the module it makes."
            )

    def vector(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Float (batch, width)."""
        return one_hot_vector(self.spec, inputs)

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units)."""
        vector = self.vector(inputs)
        logits: jax.Array = self.module(vector)
        wanted = (vector.shape[0], self.units)
        if getattr(logits, "shape", None) != wanted:
            raise HyperparameterError(
                f"build's module must return logits of shape (batch, {self.units}); got "
                f"{getattr(logits, 'shape', type(logits).__name__)} for a batch of {wanted[0]}; "
                "end it with a layer of outputs.units."
            )
        return logits


@dataclass(frozen=True)
class OwnLoss:
    """A user's loss, given the user's own module and a plain vector of inputs."""

    loss: Loss

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """What the user's loss gives."""
        given = {**batch, "inputs": network.vector(batch["inputs"])}
        loss, metrics = self.loss(network.module, given, context)
        return loss.astype(jnp.float32), metrics


@dataclass(frozen=True)
class OwnMaking:
    """What a user's player makes, given the user's own module and a plain vector of inputs."""

    makes: Making

    def __call__(self, network: Any, batch: Batch, context: Context) -> dict[str, jax.Array]:
        """What the user's function gives."""
        given = {**batch, "inputs": network.vector(batch["inputs"])}
        return self.makes(network.module, given, context)


def adapted(player: Player) -> Player:
    """The player with its loss and its paths as `CustomNetwork` has them."""
    paths = tuple(f"{MODULE}/{path}" for path in player.parameters)
    makes = None if player.makes is None else OwnMaking(player.makes)
    return Player(player.name, OwnLoss(player.loss), paths, makes)
