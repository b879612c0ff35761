import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ranvier.errors import DataError
from ranvier.model.measuring.copies import copies, nearest

RANDOM = np.random.default_rng(0)
TRAINED, HELD_OUT = RANDOM.normal(size=(600, 8)), RANDOM.normal(size=(300, 8))


def test_fresh_rows_are_no_copies() -> None:
    found = copies(RANDOM.normal(size=(400, 8)), TRAINED, HELD_OUT)
    assert not found.found
    assert found.share <= 0.03
    assert 0.45 < found.closer < 0.55


def test_planted_copies_are_counted() -> None:
    made = RANDOM.normal(size=(400, 8))
    made[:60] = TRAINED[:60] + 0.01 * RANDOM.normal(size=(60, 8))
    found = copies(made, TRAINED, HELD_OUT)
    assert found.found
    assert 0.15 <= found.share <= 0.18
    assert_array_equal(found.nearest.rows[:60, 0], np.arange(60))


def test_copies_alone_lie_closer_than_any_real_row() -> None:
    found = copies(TRAINED[:100], TRAINED, HELD_OUT)
    assert found.share == 1.0
    assert found.closer == 1.0


def test_twins_among_the_rows_that_trained_hide_no_copy() -> None:
    found = copies(TRAINED[:50], np.concatenate([TRAINED] * 7), HELD_OUT)
    assert found.share == 1.0


def test_smooth_rows_between_many_are_no_copies() -> None:
    found = copies(0.4 * RANDOM.normal(size=(300, 8)), TRAINED, HELD_OUT)
    assert found.closer > 0.9  # nearer to the middle of all rows than real ones are
    assert not found.found


def test_the_nearest_of_pictures_by_their_pixels() -> None:
    shades = np.array([0, 100, 200], np.uint8).reshape(3, 1, 1)
    pictures = np.broadcast_to(shades, (3, 4, 4))
    found = nearest(pictures[[2, 0]] + np.uint8(1), pictures, count=2)
    assert_array_equal(found.rows, [[2, 1], [0, 1]])
    assert found.distances[0, 0] == pytest.approx(4 / 255)


def test_too_few_rows_to_tell_are_refused() -> None:
    with pytest.raises(DataError, match="6 different rows"):
        copies(TRAINED, TRAINED[:3], HELD_OUT)
