import numpy as np
import pytest

from ranvier.errors import DataError
from ranvier.model.measuring.coverage import coverage

ROWS = np.random.default_rng(0).normal(size=(200, 4))


def test_equal_sets_cover_each_other() -> None:
    assert coverage(ROWS, ROWS.copy()) == (1.0, 1.0)


def test_sets_far_apart_cover_nothing() -> None:
    assert coverage(ROWS, ROWS + 100.0) == (0.0, 0.0)


def test_samples_of_one_mode_are_precise_and_miss_the_other() -> None:
    both = np.concatenate([ROWS, ROWS + 50.0])
    again = np.random.default_rng(1).normal(size=(200, 4))
    precision, recall = coverage(both, again)
    assert precision > 0.7
    assert 0.3 < recall < 0.5
    flipped = coverage(again, both)
    assert flipped == (recall, precision)


def test_one_picture_over_and_over_covers_nothing_real() -> None:
    precision, recall = coverage(ROWS, np.repeat(ROWS[:1], 100, axis=0))
    assert precision == 1.0
    assert recall <= 1 / len(ROWS)


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(DataError, match="4 rows on each side"):
        coverage(ROWS, ROWS[:3])
