import numpy as np
import pytest
from numpy.testing import assert_allclose

from ranvier.errors import DataError, TargetError
from ranvier.model.measuring import detection
from ranvier.model.measuring.compression import Components, errors, neighbour_accuracy

RANDOM = np.random.default_rng(0)


def test_components_keep_all_of_rows_on_a_plane() -> None:
    rows = RANDOM.normal(size=(100, 2)) @ RANDOM.normal(size=(2, 7)) + 3
    found = Components.fitted(rows, 2)
    assert_allclose(found.reconstruct(rows), rows)
    assert found.transform(rows).shape == (100, 2)
    assert Components.fitted(rows, 1).errors(rows).mean() > 0.1


def test_more_components_than_numbers_are_as_many_as_numbers() -> None:
    assert len(Components.fitted(RANDOM.normal(size=(20, 3)), 32).directions) == 3


def test_errors_of_pictures_are_in_units_of_their_range() -> None:
    pictures = np.full((2, 4, 4), 255, np.uint8)
    again = np.stack([pictures[0], np.zeros((4, 4), np.uint8)])
    assert errors(pictures, again).tolist() == [0.0, 1.0]
    with pytest.raises(DataError, match="for each of 2 rows"):
        errors(pictures, again[:1])


def test_neighbours_name_the_class_where_classes_lie_apart() -> None:
    labels = np.arange(60) % 3
    codes = labels[:, None] * 10.0 + RANDOM.normal(size=(60, 2))
    assert neighbour_accuracy(codes[:40], labels[:40], codes[40:], labels[40:]) == 1.0
    mixed = RANDOM.permutation(labels[40:])
    expected = np.mean(mixed == labels[40:])
    assert neighbour_accuracy(codes[:40], labels[:40], codes[40:], mixed) == expected


def test_odd_rows_are_found_by_those_that_find_them() -> None:
    usual = RANDOM.normal(size=(400, 2)) @ RANDOM.normal(size=(2, 6))
    odd = RANDOM.normal(size=(50, 6)) * 4
    rows, truth = np.concatenate([usual[300:], odd]), np.arange(150) >= 100
    assert detection.area(detection.components(usual[:300], rows, 2), truth) > 0.99
    assert detection.area(detection.isolation_forest(usual[:300], rows), truth) > 0.9
    assert detection.area(-truth.astype(float), truth) == 1.0


def test_rows_of_one_kind_are_no_detection() -> None:
    with pytest.raises(TargetError, match="none of these are odd"):
        detection.area(np.zeros(3), np.zeros(3, bool))
