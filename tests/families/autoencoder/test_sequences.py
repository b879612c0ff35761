"""Sequences: lengths that the code tells, and rows of other lengths than in training."""

import numpy as np
import pytest

import ranvier as rv
from tests.families.autoencoder.data import make, waves

SMALL = {"state_width": 8, "hidden": ()}


@pytest.fixture(scope="module")
def uneven():
    return make(dimensions=4, epochs=60, **SMALL).fit(waves())


def test_rows_come_back_with_their_own_lengths_and_units(uneven):
    X = waves()
    made = uneven.reconstruct(X)
    assert [len(row) for row in made] == [len(row) for row in X]
    errors = [np.abs(a - b).mean() for a, b in zip(made, X, strict=True)]
    assert np.mean(errors) < 5.0  # of waves of height 10


def test_codes_tell_how_long_a_row_is(uneven):
    X = waves()
    decoded = uneven.inverse_transform(uneven.transform(X))
    wanted, told = np.array([len(r) for r in X]), np.array([len(r) for r in decoded])
    assert np.corrcoef(wanted, told)[0, 1] > 0.5
    assert told.min() >= 1
    assert told.max() <= 14


def test_padding_changes_nothing(uneven):
    X = waves()
    alone = np.concatenate([uneven.transform(X[i : i + 1]) for i in range(6)])
    np.testing.assert_allclose(uneven.transform(X)[:6], alone, atol=2e-6)


def test_even_rows_are_one_array_and_columns_can_be_steps():
    X = waves(uneven=False)
    model = make(epochs=2, **SMALL).fit(list(X))
    assert model.reconstruct(X).shape == X.shape
    flat = X[..., 0]
    steps = make(epochs=2, layout="T", **SMALL).fit(flat)
    assert steps.preprocessor_.spec.steps == 12
    assert steps.reconstruct(flat).shape == flat.shape
    assert steps.sample(3).shape == (3, 12)


def test_longer_rows_than_in_training_are_looked_at(uneven):
    long = [np.ones((20, 2)), np.ones((5, 2))]
    assert np.isfinite(uneven.transform(long)).all()
    assert np.isfinite(uneven.score_samples(long)).all()
    assert np.isfinite(uneven.evaluate(long)["mse"])


def test_missing_steps_are_taken_for_the_mean():
    X = waves()
    X[0][2, 1] = np.nan
    model = make(epochs=2, **SMALL).fit(X)
    made = model.reconstruct(X)
    assert made[0].shape == X[0].shape
    assert np.isfinite(made[0]).all()


def test_texts_are_refused():
    with pytest.raises(rv.DataError):
        make().fit(["one text", "two texts"])
