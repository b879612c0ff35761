import numpy as np
import pytest

from ranvier.errors import DataError
from ranvier.model.measuring.classes import classes
from ranvier.model.measuring.generation import compared
from ranvier.model.measuring.pixels import Pixels

RANDOM = np.random.default_rng(0)


def pictures(rows: int) -> np.ndarray:
    """Uint8 (rows, 6, 6): a bright row or column in noise."""
    made = RANDOM.integers(0, 60, (rows, 6, 6)).astype(np.uint8)
    place = RANDOM.integers(0, 6, rows)
    made[np.arange(rows)[::2], place[::2]] = 250
    made[np.arange(rows)[1::2], :, place[1::2]] = 250
    return made


def test_real_rows_are_beside_real_rows_what_worse_ones_are_not() -> None:
    real, stand_in = pictures(300), pictures(400)
    noise = RANDOM.integers(0, 256, (300, 6, 6)).astype(np.uint8)
    features = Pixels.fitted(stand_in)
    fresh = compared(real, stand_in, pictures(500), features)
    wrong = compared(real, stand_in, noise, features)
    assert fresh.rows == 300
    assert fresh.real == wrong.real
    assert fresh.made.frechet < 3 * fresh.real.frechet
    assert wrong.made.frechet > 5 * fresh.real.frechet
    assert fresh.made.precision > 0.8 > wrong.made.precision


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(DataError, match="4 real rows"):
        compared(pictures(9), pictures(9), pictures(2), Pixels.fitted(pictures(9)))


def test_a_class_that_never_comes_is_named() -> None:
    found = classes(["a", "b", "a", "a"], np.array(["a", "b", "c"]), asked=["a", "b", "b", "a"])
    assert found.missing == ("c",)
    assert found.fewest == 0
    assert found.agreement == 0.75
    assert found.shares.tolist() == [0.75, 0.25, 0.0]


def test_numbers_are_classes_too() -> None:
    found = classes(np.array([1, 1, 0]), np.array([0, 1]))
    assert found.agreement is None
    assert found.shares.tolist() == pytest.approx([1 / 3, 2 / 3])


def test_classes_asked_for_must_be_as_many_as_samples() -> None:
    with pytest.raises(DataError, match="class asked for"):
        classes([1, 2], np.array([1, 2]), asked=[1])
