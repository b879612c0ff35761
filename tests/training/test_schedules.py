"""Schedules: where they begin, peak and end."""

import jax.numpy as jnp
import numpy as np
import pytest

from ranvier import hyperparameters
from ranvier.training.schedules import ONECYCLE_CLIMB, SCHEDULES, WARMUP

# name: (at the start, at the end, where the peak is)
POINTS = {
    "constant": (1.0, 1.0, 0.5),
    "cosine": (1.0, 0.0, 0.0),
    "warmup": (0.0, 0.0, WARMUP),
    "onecycle": (0.04, 0.0, ONECYCLE_CLIMB),
    "flat_cosine": (1.0, 0.0, 0.5),
    "coslog": (0.0, 0.0, (2**0.5 - 1) / 15),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_start_peak_and_end(name):
    start, end, peak = POINTS[name]
    factor = lambda progress: float(SCHEDULES[name](jnp.float32(progress)))  # noqa: E731
    assert factor(0.0) == pytest.approx(start, abs=1e-6)
    assert factor(1.0) == pytest.approx(end, abs=1e-6)
    assert factor(peak) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("name", SCHEDULES)
def test_factors_stay_between_zero_and_one_without_jumps(name):
    factors = np.array(SCHEDULES[name](jnp.linspace(0.0, 1.0, 8001)))
    assert factors.min() >= 0.0
    assert factors.max() <= 1.0 + 1e-6
    assert np.abs(np.diff(factors)).max() < 0.02


def test_flat_cosine_is_flat_for_the_first_half():
    factors = SCHEDULES["flat_cosine"](jnp.linspace(0.0, 0.5, 50))
    np.testing.assert_allclose(factors, 1.0, atol=1e-6)


def test_the_hyperparameter_names_exactly_these():
    assert set(hyperparameters.SCHEDULES) == set(SCHEDULES)


def test_coslog_settles_four_times():
    settled = SCHEDULES["coslog"](jnp.array([1, 3, 7, 15]) / 15)
    np.testing.assert_allclose(settled, 0.0, atol=1e-6)
    between = SCHEDULES["coslog"](jnp.array([2**1.5 - 1, 2**2.5 - 1, 2**3.5 - 1]) / 15)
    np.testing.assert_allclose(between, 1.0, atol=1e-5)
