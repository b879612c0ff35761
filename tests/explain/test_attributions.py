"""Integrals along a path, also where an output turns at once."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.explain.attributions import integrated_gradients


def steep(rows: jax.Array) -> jax.Array:
    """Turns at a third of the path, within a thousandth of it; and a straight part beside."""
    return (2 * jax.nn.sigmoid(3000 * (rows[:, 0] - 1 / 3)) + rows[:, 1])[:, None]


@pytest.mark.parametrize(("scouts", "right"), [(0, False), (64, True)])
def test_points_go_where_the_output_changes(scouts: int, right: bool) -> None:
    rows = jnp.array([[1.0, 0.5], [0.2, 1.0], [0.0, 0.0]])
    chosen = jnp.zeros(3, jnp.int32)
    values, outputs, baseline = integrated_gradients(
        steep, rows, jnp.zeros(2), chosen, points=32, scouts=scouts
    )
    gap = np.abs(np.asarray(values.sum(axis=1) - (outputs - baseline)))
    assert (gap.max() < 0.1) == right
    assert gap[1:].max() < 0.02  # nothing turns on their way
    if right:
        np.testing.assert_allclose(values[0], [2.0, 0.5], atol=0.1)
        np.testing.assert_allclose(values[1], [0.0, 1.0], atol=0.02)


def test_rows_of_steps() -> None:
    rows = jnp.arange(12.0).reshape(2, 3, 2)
    values, outputs, baseline = integrated_gradients(
        lambda x: jnp.stack([x.sum((1, 2)), (x**2).sum((1, 2))], axis=1),
        rows, jnp.zeros((3, 2)), jnp.array([0, 1]), scouts=16,
    )  # fmt: skip
    np.testing.assert_allclose(values[0], rows[0], rtol=1e-3)
    np.testing.assert_allclose(values[1], rows[1] ** 2, rtol=0.01)
    assert float(baseline.max()) == 0
    assert outputs.shape == (2,)
