"""The hash: uniform, and independent between pictures, uses, streams and keys."""

import jax
import numpy as np
import pytest
from scipy import stats

from ranvier.layers.augmentation.draws import COLUMNS, MIXING, NOISE, NUMBERS, draw
from ranvier.layers.hashing import uniform

KEYS = [jax.random.fold_in(jax.random.key(0), step) for step in range(200)]


def test_each_use_is_uniform_and_independent_of_the_others_over_steps_and_pictures():
    table = np.stack([np.stack(list(draw(key, 64).values())) for key in KEYS])
    table = table.transpose(1, 0, 2).reshape(len(COLUMNS), -1).astype(np.float64)
    assert table.min() > 0
    assert table.max() < 1
    for column in table:
        assert stats.kstest(column, "uniform").pvalue > 1e-4
    correlations = np.corrcoef(table) - np.eye(len(COLUMNS))
    assert np.abs(correlations).max() < 5 / table.shape[1] ** 0.5


def test_one_pictures_numbers_are_independent_from_step_to_step():
    table = np.stack([np.asarray(draw(key, 64)["angle"]) for key in KEYS]) - 0.5
    for lag in (1, 2, 16):
        products = (table[lag:] * table[:-lag]).mean() * 12
        assert abs(products) < 5 / (table.size - 64 * lag) ** 0.5


@pytest.mark.parametrize("implementation", ["threefry2x32", "rbg"])
def test_streams_and_seeds_share_nothing(implementation):
    keys = [jax.random.key(seed, impl=implementation) for seed in range(5)]
    table = np.stack(
        [
            np.asarray(uniform(key, stream, (5000,)))
            for key in keys
            for stream in (NUMBERS, NOISE, MIXING)
        ]
    )
    correlations = np.corrcoef(table) - np.eye(len(table))
    assert np.abs(correlations).max() < 5 / 5000**0.5
    assert len(np.unique(table[:, 0])) == len(table)
