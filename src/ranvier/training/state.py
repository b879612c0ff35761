"""What changes while a network trains: one pytree, so that it can be donated, saved and resumed.

| entry                | what                                                              |
|----------------------|-------------------------------------------------------------------|
| parameters           | path -> array: what the players move                              |
| variables            | path -> array: what else changes (batch statistics)               |
| optimizers           | player -> Optax state                                             |
| average              | moving average of the parameters; empty unless the learner averages |
| best                 | parameters and variables of the best epoch; empty without a judge |
| best_score           | float32 (2,): the judge's criterion there                         |
| best_epoch           | int32: epochs done by then; 0 before the first                    |
| step, epoch          | int32: how many are done                                          |
| sums                 | metric -> float32: sums over the steps of the epoch under way     |
| norms                | player -> float32: sum of the gradient norms that were measured in it |
| stopped              | bool: patience ran out                                            |
| diverged             | int32: the step whose loss was not finite, or -1                  |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ranvier.training.blueprint import Arrays, Blueprint
from ranvier.training.learner import Learner, Player
from ranvier.training.optimizers import make

State = dict[str, Any]


def initialise(
    learner: Learner, blueprint: Blueprint, metrics: tuple[str, ...], seed: Any
) -> State:
    """A fresh state; traceable, so that everything is set up by one compiled call."""
    parameters, variables = blueprint.initialise(seed)
    return {
        "parameters": parameters,
        "variables": variables,
        "optimizers": {
            player.name: _optimizer(learner, blueprint).init(owned(player, parameters))
            for player in learner.players
        },
        "average": _copied(parameters) if learner.averages else {},
        "best": _copied({"parameters": parameters, "variables": variables})
        if learner.judge is not None
        else {},
        "best_score": jnp.full((2,), jnp.inf, jnp.float32),
        "best_epoch": jnp.int32(0),
        "step": jnp.int32(0),
        "epoch": jnp.int32(0),
        "sums": {name: jnp.float32(0) for name in metrics},
        "norms": {player.name: jnp.float32(0) for player in learner.players},
        "stopped": jnp.bool_(False),
        "diverged": jnp.int32(-1),
    }


def _copied(tree: Any) -> Any:
    """Buffers of its own: the same buffer must not be donated twice."""
    return jax.tree.map(lambda a: jnp.array(a, copy=True), tree)


def begun_with(state: State, given: Mapping[str, Any]) -> State:
    """A fresh state, some of whose parameters are these, path -> array, and not fresh."""
    if not given:
        return state

    def of(parameters: Arrays) -> Arrays:
        # A buffer of its own each time: the same one must not be donated twice.
        mine = {path: jnp.array(given[path]) for path in parameters if path in given}
        return {**parameters, **mine}

    best = {**state["best"], "parameters": of(state["best"]["parameters"])} if state["best"] else {}
    average = of(state["average"])
    return {**state, "parameters": of(state["parameters"]), "average": average, "best": best}


def _optimizer(learner: Learner, blueprint: Blueprint) -> optax.GradientTransformation:
    # The numbers do not shape an optimizer's state, so any will do to make it.
    numbers = {name: jnp.float32(0.5) for name in ("momentum", "beta2", "weight_decay")}
    return make(learner.optimizer, jnp.float32(0.5), numbers, blueprint.paces)


def owned(player: Player, parameters: Arrays) -> Arrays:
    """The player's share of the parameters."""
    return {path: value for path, value in parameters.items() if player.owns(path)}


def judged(learner: Learner, state: State) -> tuple[Arrays, Arrays]:
    """The parameters and variables that would be used for prediction now."""
    return state["average"] if learner.averages else state["parameters"], state["variables"]


def kept(learner: Learner, state: State) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What is kept of a run, on the host: the best epoch's weights, or the last ones."""
    if learner.judge is not None and int(state["best_epoch"]) > 0:
        parameters, variables = state["best"]["parameters"], state["best"]["variables"]
    else:
        parameters, variables = judged(learner, state)
    return on_host((parameters, variables))


def on_host(numbers: tuple[Arrays, Arrays]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Parameters and variables, copied from the device."""
    parameters, variables = numbers
    return (
        {name: np.array(value) for name, value in parameters.items()},
        {name: np.array(value) for name, value in variables.items()},
    )
