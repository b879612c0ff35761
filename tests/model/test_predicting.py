"""Predictions: any number of rows, in blocks, the same bits for a row whatever is around it."""

import numpy as np
import pytest

import ranvier as rv
from ranvier.model.predicting import LARGE, SMALL
from tests.training.runs import table


@pytest.fixture(scope="module")
def model():
    return rv.FCNN(hidden=(33, 17), epochs=2, verbose=0).fit(*table())


@pytest.mark.parametrize("rows", [1, 2, SMALL, SMALL + 1, 8 * SMALL + 1, LARGE, 2 * LARGE + 7])
def test_a_row_has_the_same_bits_in_any_company(model, rows):
    X = np.random.default_rng(0).normal(size=(2 * LARGE + 7, 4))
    together = model.predict_proba(X)
    np.testing.assert_array_equal(model.predict_proba(X[:rows]), together[:rows])
    np.testing.assert_array_equal(model.predict_proba(X[-rows:]), together[-rows:])


def test_no_rows_are_refused(model):
    with pytest.raises(rv.DataError):
        model.predict(np.empty((0, 4)))


def test_probabilities_are_sound_for_extreme_rows(model):
    X = np.array([[1e300] * 4, [-1e300] * 4, [0.0] * 4, [1e-300] * 4])
    probabilities = model.predict_proba(X)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


def test_input_arrays_are_not_changed():
    X, y = table()
    X_before, y_before = X.copy(), y.copy()
    model = rv.FCNN(hidden=(8,), epochs=2, verbose=0).fit(X, y)
    model.predict(X)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


def test_forms_of_the_same_rows_give_the_same_bits(model):
    X, _ = table()
    expected = model.predict_proba(X)
    for form in (X.tolist(), np.asfortranarray(X), X[::-1].copy()[::-1]):
        np.testing.assert_array_equal(model.predict_proba(form), expected)
