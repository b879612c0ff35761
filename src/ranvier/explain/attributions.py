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
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Attributions of one output per row; traceable.

    Args:
        output: from (batch, ...) to logits (batch, units).
        rows: float32 (N, ...).
        baseline: float32 (...).
        chosen: int32 (N,), the unit to explain for each row.
        points: on the straight path.

    Returns:
        Float32 (N, ...) attributions, (N,) outputs and (N,) outputs of the baseline.
    """

    def picked(inputs: jax.Array) -> jax.Array:
        return jnp.take_along_axis(output(inputs), chosen[:, None], axis=1)[:, 0]  # (N,)

    def total_output(inputs: jax.Array) -> jax.Array:
        return jnp.sum(picked(inputs))

    start = jnp.broadcast_to(baseline, rows.shape)

    def add(step: jax.Array, total: jax.Array) -> jax.Array:
        share = (step + 0.5) / points  # midpoint rule
        gradient: jax.Array = jax.grad(total_output)(start + share * (rows - start))
        return total + gradient

    mean_gradient = jax.lax.fori_loop(0, points, add, jnp.zeros_like(rows)) / points
    return (rows - start) * mean_gradient, picked(rows), picked(start)
