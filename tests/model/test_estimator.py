"""The parts of scikit-learn's contract that its own checks leave out."""

import pickle

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate

import ranvier as rv


def small(**chosen):
    return rv.FCNN(recipe="textbook", hidden=(4,), epochs=1, verbose=0, **chosen)


def test_the_representation_shows_what_is_not_the_default():
    assert repr(rv.FCNN(hidden=(3, 2), seed=1)) == "FCNN(seed=1, hidden=(3, 2))"
    assert repr(rv.FCNN()) == "FCNN()"


def test_an_unknown_hyperparameter_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"Invalid parameter 'hiden'.*hidden"):
        rv.FCNN().set_params(hiden=(3,))


def test_nothing_is_set_when_one_name_is_unknown():
    model = rv.FCNN(seed=3)
    with pytest.raises(ValueError, match="Invalid parameter"):
        model.set_params(seed=4, colour="red")
    assert model.seed == 3


def test_a_notebook_shows_the_diagram():
    assert "FCNN" in small()._repr_html_()
    assert "LogisticRegression" in LogisticRegression()._repr_html_()  # the same tool


def test_metadata_routing_passes_sample_weights_on():
    rng = np.random.default_rng(0)
    X, y = rng.random((40, 3)), rng.integers(0, 2, 40)
    with sklearn.config_context(enable_metadata_routing=True):
        asked = small().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        routed = clone(asked).get_metadata_routing()
        assert routed.fit.requests == {"sample_weight": True}
        search = GridSearchCV(asked, {"seed": [0, 1]}, cv=2)
        search.fit(X, y, sample_weight=np.ones(40))
        assert search.best_score_ >= 0
        with pytest.raises(ValueError, match="sample_weight"):
            cross_validate(small(), X, y, cv=2, params={"sample_weight": np.ones(40)})


def test_a_regressor_has_no_probabilities():
    assert not hasattr(rv.FCNN(task="regression"), "predict_proba")
    assert hasattr(rv.FCNN(), "predict_proba")
    assert "probability of each class" in rv.FCNN.predict_proba.__doc__


def test_a_fitted_model_travels_between_processes():
    X = np.random.default_rng(0).random((30, 3))
    model = small().fit(X, X[:, 0] > 0.5)
    twin = pickle.loads(pickle.dumps(model))
    assert np.array_equal(twin.predict_proba(X), model.predict_proba(X))
