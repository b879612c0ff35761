"""Many steps, and whole epochs, as one compiled program.

A chunk is a fixed number K of prepared batches and a table of slots. A slot is a run of steps
within one epoch; a slot that closes its epoch scores the validation rows, keeps the weights
if they are the best so far, and stops the run when patience is out. Short epochs fill several
slots of one chunk; a long epoch spreads over many chunks. How many steps and slots are in
use are numbers, not shapes, so one program serves the whole run, and cutting a run into other
chunks does not change a bit of its result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.training.blueprint import Blueprint
from ranvier.training.learner import Judge, Learner, Settings
from ranvier.training.state import State, judged
from ranvier.training.step import make_step, measured_norms, with_precision

Rows = dict[str, jax.Array]

WATCHED = ("step", "epoch", "best_epoch", "best_score", "stopped", "diverged")


def make_chunk(learner: Learner, blueprint: Blueprint) -> Callable[..., tuple[State, Rows, Rows]]:
    """The chunk program of a learner.

    It takes
        state: see `state`; donate it.
        batches: a tree of arrays (K, batch, ...), or, with `indices`, of arrays (rows, ...).
        indices: int32 (K, batch), which rows make each batch; None when batches are made.
        weights: float32 (K, batch), 0 for padding.
        slots: "starts" and "ends", int32 (E,), and "closes", bool (E,).
        settings: the run's numbers.
        valid: a tree of arrays (V, block, ...) with "weights"; None without a judge. Where rows
            differ in shape, a tuple of such trees.
    and gives the state, one row of metrics per slot, float32 (E,) each, and the few numbers
    that the host watches, which outlive the donated state.
    """
    step = make_step(learner, blueprint)
    close = make_close(learner, blueprint)

    def chunk(
        state: State,
        batches: Any,
        indices: jax.Array | None,
        weights: jax.Array,
        slots: dict[str, jax.Array],
        settings: Settings,
        valid: Any,
    ) -> tuple[State, Rows, Rows]:
        if indices is not None:
            # Gathered ahead of the loop; the barrier keeps the steps the same either way.
            batches = jax.lax.optimization_barrier(jax.tree.map(lambda a: a[indices], batches))

        def one_step(carry: tuple[jax.Array, State]) -> tuple[jax.Array, State]:
            i, state = carry
            batch = jax.tree.map(lambda a: jax.lax.dynamic_index_in_dim(a, i, 0, False), batches)
            row_weights = jax.lax.dynamic_index_in_dim(weights, i, 0, False)
            return i + 1, step(state, {**batch, "weights": row_weights}, settings)

        def one_slot(carry: tuple[jax.Array, State, Rows]) -> tuple[jax.Array, State, Rows]:
            slot, state, rows = carry
            end = slots["ends"][slot]
            _, state = jax.lax.while_loop(
                lambda c: (c[0] < end) & (c[1]["diverged"] < 0),
                one_step,
                (slots["starts"][slot], state),
            )
            state, row = jax.lax.cond(
                slots["closes"][slot] & (state["diverged"] < 0),
                lambda s: close(s, settings, valid),
                lambda s: (s, {name: jnp.float32(0) for name in rows}),
                state,
            )
            rows = {name: rows[name].at[slot].set(row[name]) for name in rows}
            return slot + 1, state, rows

        capacity = slots["ends"].shape[0]
        in_use = jnp.sum(slots["ends"] > slots["starts"])
        names = jax.eval_shape(lambda s: close(s, settings, valid)[1], state)
        rows = {name: jnp.zeros((capacity,), jnp.float32) for name in names}
        _, state, rows = jax.lax.while_loop(
            lambda c: (c[0] < in_use) & ~c[1]["stopped"] & (c[1]["diverged"] < 0),
            one_slot,
            (jnp.int32(0), state, rows),
        )
        watched = {name: state[name] for name in WATCHED}
        return state, rows, watched

    return chunk


def make_closing(learner: Learner, blueprint: Blueprint) -> Callable[..., tuple[State, Rows, Rows]]:
    """The program that ends an epoch by itself: (state, settings, valid), as `make_chunk` gives."""
    close = make_close(learner, blueprint)

    def closing(state: State, settings: Settings, valid: Any) -> tuple[State, Rows, Rows]:
        names = jax.eval_shape(lambda s: close(s, settings, valid)[1], state)
        state, row = jax.lax.cond(
            ~state["stopped"] & (state["diverged"] < 0),
            lambda s: close(s, settings, valid),
            lambda s: (s, {name: jnp.float32(0) for name in names}),
            state,
        )
        watched = {name: state[name] for name in WATCHED}
        return state, {name: value[None] for name, value in row.items()}, watched

    return closing


def make_close(
    learner: Learner, blueprint: Blueprint
) -> Callable[[State, Settings, Any], tuple[State, Rows]]:
    """The end of an epoch: its row of metrics, the judge's verdict, the best weights."""

    def close(state: State, settings: Settings, valid: Any) -> tuple[State, Rows]:
        steps = settings["steps_per_epoch"]
        row = {name: total / steps for name, total in state["sums"].items()}
        row |= {
            _norm_of(player, learner): total / measured_norms(settings)
            for player, total in state["norms"].items()
        }
        state = {
            **state,
            "epoch": state["epoch"] + 1,
            "sums": {name: jnp.float32(0) for name in state["sums"]},
            "norms": {name: jnp.float32(0) for name in state["norms"]},
        }
        if learner.judge is None or valid is None:
            return state, row
        parameters, variables = judged(learner, state)
        means = _means(learner, blueprint, parameters, variables, valid)
        row |= {f"valid_{name}": value for name, value in means.items()}
        score = learner.judge.criterion(means)
        old = state["best_score"]
        better = (score[0] < old[0]) | ((score[0] == old[0]) & (score[1] < old[1]))
        better &= jnp.isfinite(score).all()  # broken weights may guess well by luck
        candidate = {"parameters": parameters, "variables": variables}

        def choose(new: jax.Array, old: jax.Array) -> jax.Array:
            return jnp.where(better, new, old)

        state["best"] = jax.tree.map(choose, candidate, state["best"])
        state["best_score"] = choose(score, old)
        state["best_epoch"] = choose(state["epoch"], state["best_epoch"])
        state["stopped"] = state["epoch"] - state["best_epoch"] >= settings["patience"]
        return state, row

    return close


def _norm_of(player: str, learner: Learner) -> str:
    """What the mean norm of a player's gradients is called in the history."""
    return "gradient_norm" if len(learner.players) == 1 else f"{player}_gradient_norm"


def _means(
    learner: Learner, blueprint: Blueprint, parameters: Any, variables: Any, valid: Any
) -> Rows:
    judge = learner.judge
    assert judge is not None
    network = blueprint.assemble(with_precision(parameters, learner.precision), variables)
    groups = valid if isinstance(valid, tuple) else (valid,)
    totals: Rows = {}
    for group in groups:
        totals = _added(judge, network, learner.precision, group, totals)
    weight = totals.pop("weight")
    return {name: total / weight for name, total in totals.items()}


def _added(judge: Judge, network: Any, precision: str, valid: Any, totals: Rows) -> Rows:
    """The sums over all blocks of rows of one shape, added to those of others."""
    valid = {**valid, "inputs": with_precision(valid["inputs"], precision)}

    def sums(i: jax.Array | int) -> Rows:
        block = jax.tree.map(lambda a: jax.lax.dynamic_index_in_dim(a, i, 0, False), valid)
        return judge.sums(network, block)

    def add(i: jax.Array, totals: Rows) -> Rows:
        return {name: totals[name] + value for name, value in sums(i).items()}

    totals = totals or {name: jnp.float32(0) for name in jax.eval_shape(lambda: sums(0))}
    return dict(jax.lax.fori_loop(0, valid["weights"].shape[0], add, totals))
