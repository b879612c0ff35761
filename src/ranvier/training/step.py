"""One gradient step: each player in turn moves its own parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from ranvier.training import randomness
from ranvier.training.blueprint import Arrays, Blueprint
from ranvier.training.learner import Batch, Context, Learner, Player, Settings
from ranvier.training.optimizers import make
from ranvier.training.schedules import SCHEDULES
from ranvier.training.state import State, owned

Step = Callable[[State, Batch, Settings], State]


class Made(NamedTuple):
    """What a player made for all, and from its gradient that of the player's parameters."""

    arrays: Arrays
    pull: Callable[[Arrays], tuple[Arrays]]


NORM_EVERY = 16  # steps of an epoch: each one measured costs a pass over the gradients


def make_step(learner: Learner, blueprint: Blueprint) -> Step:
    """The step of a learner: (state, batch, settings) -> state, traceable and vmappable."""

    def step(state: State, batch: Batch, settings: Settings) -> State:
        progress = state["step"].astype(jnp.float32) / settings["total_steps"]
        rate = settings["learning_rate"] * SCHEDULES[learner.schedule](progress)
        key = randomness.key_for(settings["seed"], randomness.TRAINING)
        key = jax.random.fold_in(key, state["step"])
        batch = {**batch, "inputs": with_precision(batch["inputs"], learner.precision)}
        settings = _moved(settings, learner.regularization_schedule, progress)
        finite = jnp.bool_(True)
        metrics: dict[str, jax.Array] = {}
        contexts = [
            Context(settings, progress, jax.random.fold_in(key, number))
            for number in range(len(learner.players))
        ]
        made: dict[str, Made] = {}
        for player, context in zip(learner.players, contexts, strict=True):
            if player.makes is not None:
                state, made[player.name] = _make(player, state, batch, context)
        batch = {**batch, **{name: a for own in made.values() for name, a in own.arrays.items()}}
        for player, context in zip(learner.players, contexts, strict=True):
            own = made.get(player.name)
            state, loss, seen = _move(player, state, batch, context, rate, own)
            finite &= jnp.isfinite(loss)
            metrics.update(seen)
        average = state["average"]
        if learner.averages:
            average = _averaged(average, state["parameters"], state["step"], settings)
        return {
            **state,
            "average": average,
            "step": state["step"] + 1,
            "sums": {name: state["sums"][name] + metrics[name] for name in state["sums"]},
            "diverged": jnp.where(finite, state["diverged"], state["step"]),
        }

    def _make(player: Player, state: State, batch: Batch, context: Context) -> tuple[State, Made]:
        def making(mine: Arrays) -> tuple[Arrays, Arrays]:
            network = _network(mine, state, context)
            assert player.makes is not None
            arrays = player.makes(network, batch, context)
            return arrays, blueprint.take_apart(network)[1]

        mine = owned(player, state["parameters"])
        arrays, pull, variables = jax.vjp(making, mine, has_aux=True)
        return {**state, "variables": variables}, Made(arrays, pull)

    def _move(
        player: Player,
        state: State,
        batch: Batch,
        context: Context,
        rate: jax.Array,
        made: Made | None,
    ) -> tuple[State, jax.Array, dict[str, jax.Array]]:
        mine = owned(player, state["parameters"])
        slopes = jax.value_and_grad(objective, (0, 1), has_aux=True)
        arrays = {} if made is None else made.arrays
        (loss, (metrics, variables)), (gradients, through) = slopes(
            mine, arrays, player, state, batch, context
        )
        if made is not None:
            gradients = jax.tree.map(jnp.add, gradients, made.pull(through)[0])
        norm = jax.lax.cond(
            _measures(state["step"], context.settings),
            optax.tree.norm,
            lambda _: jnp.float32(0),
            gradients,
        )
        if learner.clips:
            gradients = _clipped(gradients, context.settings["gradient_clip"])
        optimizer = make(learner.optimizer, rate, context.settings, blueprint.paces)
        updates, moved = optimizer.update(gradients, state["optimizers"][player.name], mine)
        state = {
            **state,
            "parameters": {**state["parameters"], **optax.apply_updates(mine, updates)},
            "variables": variables,
            "optimizers": {**state["optimizers"], player.name: moved},
            "norms": {**state["norms"], player.name: state["norms"][player.name] + norm},
        }
        return state, loss, metrics

    def objective(
        mine: Arrays, made: Arrays, player: Player, state: State, batch: Batch, context: Context
    ) -> tuple[jax.Array, tuple[dict[str, jax.Array], Arrays]]:
        network = _network(mine, state, context)
        loss, metrics = player.loss(network, {**batch, **made}, context)
        _, variables = blueprint.take_apart(network)
        return loss, (metrics, variables)

    def _network(mine: Arrays, state: State, context: Context) -> Any:
        return blueprint.assemble(
            with_precision({**state["parameters"], **mine}, learner.precision),
            state["variables"],
            settings=context.settings,
            key=context.key,
        )

    return step


def _measures(step: jax.Array, settings: Settings) -> jax.Array:
    within = step % settings["steps_per_epoch"].astype(jnp.int32)
    first: jax.Array = within % NORM_EVERY == 0
    return first


def measured_norms(settings: Settings) -> jax.Array:
    """How many gradient norms of an epoch are measured, float32."""
    return jnp.ceil(settings["steps_per_epoch"] / NORM_EVERY)


def _moved(settings: Settings, schedule: str, progress: jax.Array) -> Settings:
    """The settings with dropout and weight decay as they are at this point of the run."""
    if schedule == "constant":
        return settings
    factor = SCHEDULES[schedule](progress)
    regularizers = ("dropout", "weight_decay")
    return {**settings, **{name: settings[name] * factor for name in regularizers}}


def metric_names(
    learner: Learner, blueprint: Blueprint, batch: Batch, settings: Settings
) -> tuple[str, ...]:
    """The names of the metrics that the players' losses report, found without computing."""

    def metrics(
        parameters: Arrays, variables: Arrays, batch: Batch, settings: Settings
    ) -> dict[str, jax.Array]:
        context = Context(settings, jnp.float32(0), jax.random.key(0))
        network = blueprint.assemble(
            parameters, variables, settings=settings, key=jax.random.key(0)
        )
        found: dict[str, jax.Array] = {}
        for player in learner.players:
            if player.makes is not None:
                batch = {**batch, **player.makes(network, batch, context)}
        for player in learner.players:
            found.update(player.loss(network, batch, context)[1])
        return found

    shapes = (blueprint.parameters, blueprint.variables, batch, settings)
    return tuple(jax.eval_shape(metrics, *shapes))


def with_precision(tree: Any, precision: str) -> Any:
    """The float32 arrays of a tree in the precision of the network's arithmetic."""
    if precision == "float32":
        return tree
    dtype = jnp.dtype(precision)
    return jax.tree.map(lambda a: a.astype(dtype) if a.dtype == jnp.float32 else a, tree)


def _clipped(gradients: Arrays, largest: jax.Array) -> Arrays:
    """Scaled down to a global norm of at most `largest` (Pascanu et al. 2013)."""
    norm = optax.tree.norm(gradients)
    factor = jnp.minimum(1.0, largest / jnp.maximum(norm, 1e-12))
    return {path: gradient * factor for path, gradient in gradients.items()}


def _averaged(average: Arrays, latest: Arrays, step: jax.Array, settings: Settings) -> Arrays:
    # The first steps count more, so that the average forgets the random start.
    count = step.astype(jnp.float32)
    decay = jnp.minimum(settings["ema_decay"], (1.0 + count) / (10.0 + count))
    return {path: decay * a + (1.0 - decay) * latest[path] for path, a in average.items()}
