"""The loop over the steps, with a gradient of its own.

What the state meets is put side by side once, as rows [h, x, 1] that fill up with the states as
the loop goes, so that a step is one product z = [h, x, 1] W and a few elementwise functions. On
the way back a step is a few multiplications and the product dh = dz Uᵀ, with U the rows of W
that h meets; after the loop one product gives all of W its gradient: dW = [h, x, 1]ᵀ dz. No other
array of the size of all gates and steps is made. That is for CPUs, whose time goes into memory;
other platforms lose nothing by it.

Rows of different lengths are the caller's business: see `lengths`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from ranvier.layers.recurrent.cells import Arrays, Cell, Factors, State

Outputs = tuple[jax.Array | None, jax.Array]
Kept = tuple[jax.Array, jax.Array, Arrays, jax.Array, jax.Array | None, jax.Array | None]


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def recur(
    cell: Cell,
    whole: bool,
    x: jax.Array,
    weights: jax.Array,
    beside: jax.Array | None,
    count: jax.Array | None,
) -> Outputs:
    """A sequence of states from a sequence of inputs; the first state follows zeros.

    Args:
        cell: what a step does.
        whole: whether all states are asked for.
        x: (steps, batch, inputs), floating.
        weights: (units + inputs, gates * units), of the same dtype.
        beside: (steps, batch, units), of the same dtype, for a cell that takes it.
        count: int32, the steps that are worth going while training, whose states behind them
            nobody looks at; None: all.

    Returns:
        The states (steps, batch, units) or None, and the last state (batch, units).
    """
    del count  # a loop of a fixed number of steps is what exporters know
    rows, units = x.shape[1], weights.shape[1] // cell.gates

    def step(state: State, now: Any) -> tuple[State, jax.Array | None]:
        x, beside = now
        seen = jnp.concatenate([state.h.astype(x.dtype), x], axis=-1)
        latest, _ = _stepped(cell, seen, weights, beside, state)
        return latest, latest.h.astype(x.dtype) if whole else None

    state, outputs = lax.scan(step, _zeros(cell, (rows, units), x.dtype), (x, beside))
    return outputs, state.h.astype(x.dtype)


def _forward(
    cell: Cell,
    whole: bool,
    x: jax.Array,
    weights: jax.Array,
    beside: jax.Array | None,
    count: jax.Array | None,
) -> tuple[Outputs, Kept]:
    steps, rows, _ = x.shape
    units = weights.shape[1] // cell.gates

    def empty(columns: int) -> jax.Array:
        shape = (steps, rows, columns)
        buffer: jax.Array = (
            lax.empty(shape, x.dtype) if count is None else jnp.zeros(shape, x.dtype)
        )
        return buffer

    state = _zeros(cell, (rows, units), x.dtype)
    # As many others as the gradient of a step takes, which only the step knows.
    z = jnp.zeros((rows, weights.shape[1]), state.h.dtype)
    _, factors = jax.eval_shape(cell.step, _cut(z, units), state.h, state)
    others = tuple(empty(units) for _ in factors.others)

    def step(n: jax.Array, carry: Any) -> Any:
        state, seen, gates, others, outputs = carry
        seen = _put(seen, state.h, n)
        latest, factors = _stepped(cell, _at(n, seen), weights, _at(n, beside), state)
        for k, factor in enumerate(factors.gates):
            gates = _put(gates, factor, n, k * units)
        others = tuple(_put(o, factor, n) for o, factor in zip(others, factors.others, strict=True))
        if whole:
            outputs = _put(outputs, latest.h, n)
        return latest, seen, gates, others, outputs

    seen = jnp.concatenate([empty(units), x], axis=-1)  # (steps, rows, units + inputs)
    outputs = empty(units) if whole else None
    carry = state, seen, empty(weights.shape[1]), others, outputs
    state, seen, gates, others, outputs = lax.fori_loop(
        0, steps if count is None else count, step, carry
    )
    return (outputs, state.h.astype(x.dtype)), (seen, gates, others, weights, beside, count)


def _backward(
    cell: Cell, whole: bool, kept: Kept, slopes: Outputs
) -> tuple[jax.Array, jax.Array, jax.Array | None, None]:
    seen, gates, others, weights, beside, count = kept
    rows = seen.shape[1]
    steps = seen.shape[0] if count is None else count
    units = weights.shape[1] // cell.gates
    before = weights[:units].T  # (gates * units, units)
    outputs, last = slopes

    def step(n: jax.Array, carry: Any) -> Any:
        slope, gates, dbeside = carry  # of gates, those behind n are gradients already
        n = steps - 1 - n
        if whole:
            slope = slope._replace(h=slope.h + _at(n, outputs).astype(slope.h.dtype))
        back = cell.back(tuple(_at(n, o) for o in others), slope)
        dz = (jnp.concatenate(back.gates, axis=-1) * _at(n, gates)).astype(gates.dtype)
        if back.beside is not None:
            dbeside = _put(dbeside, back.beside, n)
        h = jnp.matmul(dz, before, preferred_element_type=slope.h.dtype)
        h = h if back.h is None else h + back.h
        return State(h, back.memory), _put(gates, dz, n), dbeside

    slope = _zeros(cell, (rows, units), seen.dtype)
    slope = slope._replace(h=last.astype(slope.h.dtype))
    dbeside = None if beside is None else jnp.zeros(beside.shape, beside.dtype)
    _, dz, dbeside = lax.fori_loop(0, steps, step, (slope, gates, dbeside))
    # Steps before rows, as they lie in memory, which einsum would turn around.
    dweights = lax.dot_general(seen, dz, (((0, 1), (0, 1)), ((), ())))  # (units + inputs, ...)
    dx = lax.dot_general(dz, weights[units:], (((2,), (1,)), ((), ())))  # (steps, batch, inputs)
    return dx, dweights, dbeside, None


recur.defvjp(_forward, _backward)


def _stepped(
    cell: Cell,
    seen: jax.Array,
    weights: jax.Array,
    beside: jax.Array | None,
    state: State,
) -> tuple[State, Factors]:
    z = jnp.matmul(seen, weights, preferred_element_type=state.h.dtype)
    units = state.h.shape[-1]
    return cell.step(_cut(z, units), beside, state)


def _zeros(cell: Cell, shape: tuple[int, int], dtype: Any) -> State:
    """The first state, in at least 32 bits."""
    zeros = jnp.zeros(shape, jnp.promote_types(dtype, jnp.float32))
    return State(zeros, (zeros,) * cell.memory)


def _cut(z: jax.Array, units: int) -> list[jax.Array]:
    """(batch, gates * units) to one (batch, units) per gate."""
    return [z[:, k : k + units] for k in range(0, z.shape[1], units)]


def _at(n: jax.Array, sequence: Any) -> Any:
    """A step of a sequence; None of None."""
    if sequence is None:
        return None
    return lax.dynamic_index_in_dim(sequence, n, keepdims=False, allow_negative_indices=False)


def _put(sequence: jax.Array, value: jax.Array, n: jax.Array, column: int = 0) -> jax.Array:
    """The sequence with a step's columns replaced, in place inside a loop."""
    value = value.astype(sequence.dtype)[None]
    start = n, 0, column
    return lax.dynamic_update_slice(sequence, value, start, allow_negative_indices=False)
