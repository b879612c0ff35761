"""scikit-learn's own checks of a transformer, without one expected failure."""

import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

import ranvier as rv

SMALL = {"dimensions": 2, "hidden": (8,), "epochs": 2, "verbose": 0}


def checks():
    # The contract is kept without the base class, whose import takes longer than a small training.
    warnings.filterwarnings("ignore", ".*does not inherit from `sklearn.base.BaseEstimator`")
    names = Counter()
    for estimator, check in estimator_checks_generator(rv.Autoencoder(**SMALL)):
        name = check.func.__name__
        names[name] += 1
        name += f"-{names[name]}" if names[name] > 1 else ""
        yield pytest.param(estimator, check, id=name)


with warnings.catch_warnings():
    CHECKS = list(checks())


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_check_estimator(estimator, check):
    check(estimator)


def rows(count=60):
    return np.random.default_rng(0).normal(size=(count, 5))


def test_a_pipeline_gives_named_frames_with_the_index_of_the_rows():
    frame = pd.DataFrame(rows(), columns=list("abcde"), index=np.arange(60) + 100)
    pipeline = make_pipeline(StandardScaler(), rv.Autoencoder(**SMALL)).set_output(
        transform="pandas"
    )
    codes = pipeline.fit_transform(frame)
    assert list(codes.columns) == ["autoencoder0", "autoencoder1"]
    assert list(pipeline.get_feature_names_out()) == list(codes.columns)
    assert list(codes.index) == list(frame.index)
    np.testing.assert_array_equal(codes, pipeline.transform(frame))


def test_set_output_survives_a_copy_and_can_be_taken_back():
    model = rv.Autoencoder(**SMALL).set_output(transform="polars")
    copied = clone(model).fit(rows())
    assert type(copied.transform(rows())).__module__.startswith("polars")
    assert type(copied.set_output(transform="default").transform(rows())) is np.ndarray
    with pytest.raises(rv.HyperparameterError, match="one of default, pandas, polars"):
        model.set_output(transform="arrow")


@pytest.mark.slow
def test_a_grid_search_chooses_by_the_explained_variance():
    X = rows()
    search = GridSearchCV(
        rv.Autoencoder(**SMALL), {"dimensions": [1, 3]}, cv=2, error_score="raise"
    ).fit(X)
    assert search.best_params_ == {"dimensions": 3}
    assert search.transform(X).shape == (60, 3)
    assert search.best_estimator_.score(X) == search.best_estimator_.evaluate(X)["r2"]


def test_it_predicts_nothing():
    model = rv.Autoencoder(**SMALL).fit(rows())
    assert not hasattr(model, "predict")
    assert not hasattr(model, "predict_proba")
