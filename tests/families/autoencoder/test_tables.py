"""Tables: rows in their own units, and what cannot be used."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import ranvier as rv
from tests.families.autoencoder.data import curve, make, mixed


@pytest.fixture(scope="module")
def bent():
    return make(dimensions=4, epochs=60).fit(curve())


def test_reconstructions_are_in_the_units_of_the_rows(bent):
    X = curve(seed=1)
    made = bent.reconstruct(X)
    assert made.dtype == np.float64
    assert np.abs(made - X).mean() < 0.3 * X.std()
    np.testing.assert_allclose(bent.inverse_transform(bent.transform(X)), made)


def test_rows_unlike_those_of_training_are_less_usual(bent):
    X = curve(seed=1)
    odd = X.copy()
    odd[:, 0] = X[::-1, 0] + 4.0
    assert np.mean(bent.score_samples(odd) < np.median(bent.score_samples(X))) > 0.8


def test_it_begins_at_the_principal_components_and_improves_on_them():
    X, held = curve(400), curve(200, seed=1)
    model = make(dimensions=2, hidden=(32, 32), epochs=80).fit(X)
    truth, made = model._measured(rv.Dataset(held))
    shown, _ = model._measured(rv.Dataset(X))
    mean = shown.mean(axis=0)
    _, _, ways = np.linalg.svd(shown - mean, full_matrices=False)
    flat = mean + (truth - mean) @ ways[:2].T @ ways[:2]
    assert np.mean((truth - made) ** 2) < 0.7 * np.mean((truth - flat) ** 2)
    assert model.evaluate(held)["mse"] == pytest.approx(np.mean((truth - made) ** 2), rel=1e-4)


def test_mixed_columns_come_back_as_a_frame_of_the_same_kind():
    frame = mixed()
    frame.index = frame.index + 50
    model = make(dimensions=6, epochs=150, hidden=(32,)).fit(frame)
    made = model.reconstruct(frame)
    assert isinstance(made, pd.DataFrame)
    assert list(made.columns) == list(frame.columns)
    assert list(made.index) == list(frame.index)
    assert (made["colour"] == frame["colour"]).mean() > 0.9
    assert (made["open"] == frame["open"]).mean() > 0.9
    assert (made["one"] == "same").all()
    assert made["code"].isna().all()  # different in every row: left out
    assert np.abs(made["double"] - frame["double"]).mean() < 0.8
    days, middle = frame["day"], frame["day"].mean()  # seven days lie between them, usually
    assert abs(made["day"] - days).median() < 0.8 * abs(days - middle).median()
    assert made["gaps"].notna().all()
    as_polars = make(epochs=1).fit(pl.DataFrame(curve(), schema=list("abcdefghij")))
    assert isinstance(as_polars.sample(2), pl.DataFrame)


def test_unseen_categories_and_missing_values_have_codes():
    frame = mixed()
    model = make(epochs=2).fit(frame)
    odd = frame.head(4).assign(colour="green", gaps=np.nan, open=None)
    assert np.isfinite(model.transform(odd)).all()
    assert np.isfinite(model.score_samples(odd)).all()
    assert len(model.reconstruct(odd)) == 4


def test_constant_columns_come_back_as_they_were():
    X = curve()
    X[:, 3] = 7.0
    made = make(epochs=1).fit(X).reconstruct(X[:5])
    assert made.shape == (5, X.shape[1])
    assert (made[:, 3] == 7.0).all()


@pytest.mark.parametrize("X", [np.ones((1, 3)), np.full((20, 3), 4.0), np.arange(8.0)[:, None]],
                         ids=["one row", "constant", "one column"])  # fmt: skip
def test_little_to_learn_from_is_learned(X):
    model = make(epochs=2).fit(X)
    assert np.isfinite(model.reconstruct(X)).all()
    assert np.isfinite(model.sample(3)).all()
    assert np.isfinite(model.score_samples(X)).all()
    if len(np.unique(X, axis=0)) == 1:
        np.testing.assert_allclose(model.reconstruct(X), X)


def test_missing_values_are_marked_and_made_up():
    X = curve()
    X[::3, 0] = np.nan
    model = make(dimensions=4, epochs=40).fit(X)
    made = model.reconstruct(X)
    assert np.isfinite(made).all()
    gone = np.isnan(X[:, 0])
    assert np.abs(made[gone, 0] - curve()[gone, 0]).mean() < curve()[:, 0].std()


def test_a_target_is_left_out_and_weights_count():
    X = curve()
    plain, told = make(epochs=2).fit(X), make(epochs=2).fit(X, np.arange(len(X)))
    np.testing.assert_array_equal(plain.transform(X), told.transform(X))
    weighed = make(epochs=2).fit(X, sample_weight=np.linspace(0, 2, len(X)))
    assert (weighed.transform(X) != plain.transform(X)).any()
    half = np.repeat([0.0, 1.0], [80, 80])
    found = plain.evaluate(X, sample_weight=half)["mse"]
    assert found == pytest.approx(plain.evaluate(X[80:])["mse"], rel=1e-6)


BAD_CODES = [
    (np.zeros((3, 5)), r"codes of shape \(N, 2\), as transform gives them; got \(3, 5\)"),
    (np.zeros(2), r"got \(2,\)"),
    ([["a", "b"]], "needs numbers"),
    (np.full((2, 2), np.nan), "without NaN or infinities"),
    (np.zeros((0, 2)), r"got \(0, 2\)"),
]


def test_bad_codes_counts_and_rows_are_refused_in_one_sentence():
    model = make(epochs=1).fit(curve())
    for codes, said in BAD_CODES:
        with pytest.raises(rv.DataError, match=said):
            model.inverse_transform(codes)
    for arguments, said in (((0,), "n must be a whole number of at least 1; got 0"),
                            ((1.5,), "n must be"), ((2, -1), "seed must be")):  # fmt: skip
        with pytest.raises(rv.HyperparameterError, match=said):
            model.sample(*arguments)
    with pytest.raises(rv.DataError, match="expecting 10 features"):
        model.transform(np.zeros((3, 4)))
