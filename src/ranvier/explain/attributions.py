"""Integrated gradients: how much each input number moved the output away from a baseline.

Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks". The attributions of
a row add up to the output for the row less the output for the baseline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

STEPS = 64  # points on the straight path from the baseline to the row


@dataclass(frozen=True)
class Explanation:
    """What moved the predictions for N rows.

    Attributes:
        columns: names of the C columns.
        values: float64 (N, C): what each column added to the output.
        outputs: float64 (N,): the explained output.
        baseline: float64 (N,): that output for the average training row. `values.sum(axis=1)`
            is `outputs - baseline`, up to the error of the integration.
        explained: (N,) which output each row is explained for: its predicted class, or "".
        unit: what the values are measured in, such as "logit of the class".
    """

    columns: tuple[str, ...]
    values: np.ndarray
    outputs: np.ndarray
    baseline: np.ndarray
    explained: np.ndarray
    unit: str

    def __str__(self) -> str:
        order = np.argsort(-np.abs(self.values).mean(axis=0), kind="stable")[:10]
        lines = [f"mean absolute effect on the {self.unit}"]
        lines += [f"  {np.abs(self.values[:, c]).mean():10.4g}  {self.columns[c]}" for c in order]
        return "\n".join(lines)


def integrated_gradients(
    output: Callable[[jax.Array], jax.Array],
    rows: jax.Array,
    baseline: jax.Array,
    chosen: jax.Array,
    points: int = STEPS,
    scouts: int = 0,
    power: int = 1,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Attributions of one output per row; traceable.

    Args:
        output: from (batch, ...) to logits (batch, units).
        rows: float32 (N, ...).
        baseline: float32 (...), or (N, ...), one for each row.
        chosen: int32 (N,), the unit to explain for each row.
        points: on the straight path.
        scouts: of `where_it_changes`, which chooses them; 0: they lie evenly.
        power: above 1 they are gone to slowly: near the baseline, where a norm turns small vectors
            fast, a network changes most.

    Returns:
        Float32 (N, ...) attributions, (N,) outputs and (N,) outputs of the baseline.
    """

    def picked(inputs: jax.Array) -> jax.Array:
        return jnp.take_along_axis(output(inputs), chosen[:, None], axis=1)[:, 0]  # (N,)

    def total_output(inputs: jax.Array) -> jax.Array:
        return jnp.sum(picked(inputs))

    start = jnp.broadcast_to(baseline, rows.shape)

    def at(share: jax.Array) -> jax.Array:
        return start + share**power * (rows - start)

    if scouts:
        places, weights = where_it_changes(lambda share: picked(at(share)), points, scouts)
    else:  # the midpoint rule
        places = jnp.broadcast_to((jnp.arange(points) + 0.5)[:, None] / points, (points, len(rows)))
        weights = jnp.full((points, len(rows)), 1.0 / points)
    wide = (points, len(rows), *(1,) * (rows.ndim - 1))
    weights = weights * power * places ** (power - 1)
    places, weights = places.reshape(wide), weights.reshape(wide)

    def add(point: jax.Array, total: jax.Array) -> jax.Array:
        gradient: jax.Array = jax.grad(total_output)(at(places[point]))
        return total + weights[point] * gradient

    mean_gradient = jax.lax.fori_loop(0, points, add, jnp.zeros_like(rows))
    return (rows - start) * mean_gradient, picked(rows), picked(start)


def where_it_changes(
    output: Callable[[jax.Array], jax.Array], points: int, scouts: int
) -> tuple[jax.Array, jax.Array]:
    """Points of a path from 0 to 1, more of them where an output changes more; traceable.

    A recurrent network may turn from one answer to another within a small part of the path, where
    a few even points see nothing. So scouts go first, without gradients: half of the points lie
    evenly, the other half in the parts between scouts by how much the output changed there.

    Args:
        output: from a point to the rows' outputs (N,).
        points: how many.
        scouts: parts of the path.

    Returns:
        Float32 (points, N) places, and their weights, which sum to about 1 for each row.
    """
    seen = jax.lax.map(output, jnp.linspace(0.0, 1.0, scouts + 1))  # (scouts + 1, N)
    changes = jnp.abs(jnp.diff(seen, axis=0))  # (scouts, N)
    whole = jnp.sum(changes, axis=0, keepdims=True)
    share = jnp.where(whole > 0, changes / jnp.where(whole > 0, whole, 1.0), 1.0 / scouts)
    mass = 0.5 / scouts + 0.5 * share  # of the points, in each part
    behind = jnp.cumsum(mass, axis=0)
    wanted = (jnp.arange(points) + 0.5) / points  # midpoints, in shares of all points
    beyond = behind[None, :-1] < wanted[:, None, None]  # (points, scouts - 1, N)
    part = jnp.sum(beyond, axis=1)  # (points, N)
    density = jnp.take_along_axis(mass, part, axis=0)
    before = jnp.take_along_axis(behind, part, axis=0) - density
    inside = jnp.clip((wanted[:, None] - before) / density, 0.0, 1.0)
    return (part + inside) / scouts, 1.0 / (scouts * density * points)
