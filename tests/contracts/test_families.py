"""What every family that predicts a target must do on a table, whichever families there are."""

import copy
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import ranvier as rv
from tests.contracts.members import SUPERVISED, WHOLE, load_arguments, make

FEW = {"epochs": 3, "batch_size": 32}


def classes(rows=90):
    y = np.arange(rows) % 3
    X = np.random.default_rng(0).normal(size=(rows, 4)) + 2.0 * y[:, None] * [1, 0, 1, -1]
    return X.astype(np.float32), np.array(["red", "green", "blue"])[y]


def mixed(rows=90):
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": generator.normal(size=rows),
            "gaps": [None if i % 7 == 0 else float(i % 5) for i in range(rows)],
            "colour": [["red", "green", "blue"][i % 3] for i in range(rows)],
            "town": [f"town {i % 17}" for i in range(rows)],
            "day": pd.date_range("2024-01-01", periods=rows, freq="7h"),
            "open": [i % 2 == 0 for i in range(rows)],
        }
    )
    return frame, frame["size"] * 3 + (frame["colour"] == "red") * 10.0


@pytest.fixture(scope="module", params=SUPERVISED)
def family(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(family):
    return make(family, **FEW).fit(*classes())


def test_it_is_a_classifier_or_a_regressor_as_the_task_says(family):
    assert is_classifier(make(family, task="classification"))
    assert is_regressor(make(family, task="regression"))


def test_unfitted_methods_say_so(family):
    model, X = make(family), classes()[0]
    for use in (model.predict, model.predict_proba, model.score, model.evaluate):
        with pytest.raises(NotFittedError):
            use(X)
    with pytest.raises(NotFittedError):
        model.summary()
    with pytest.raises(NotFittedError):
        model.save("nowhere.ranvier")
    with pytest.raises(NotFittedError):
        _ = model.network_


def test_predictions_have_the_shapes_of_the_contract(fitted):
    X, y = classes()
    assert fitted.predict(X).shape == y.shape
    assert set(fitted.predict(X)) <= set(y)
    probabilities = fitted.predict_proba(X)
    assert probabilities.shape == (len(X), 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-6)
    assert list(fitted.classes_) == ["blue", "green", "red"]
    best = fitted.classes_[probabilities.argmax(axis=1)]
    np.testing.assert_array_equal(best, fitted.predict(X))
    assert fitted.score(X, y) == np.mean(fitted.predict(X) == y)
    assert {"accuracy", "f1_macro", "loss"} == set(fitted.evaluate(X, y))
    assert len(fitted.history_) == 3


def test_the_history_has_one_plain_row_per_epoch(fitted):
    assert [row["epoch"] for row in fitted.history_] == [1, 2, 3]
    for row in fitted.history_:
        assert all(type(value) in (int, float) for value in row.values())


def test_the_summary_counts_every_parameter(fitted):
    total = sum(array.size for array in fitted._outcome.parameters.values())
    text = fitted.summary()
    assert f"{total:,} parameters" in text
    assert text.startswith(type(fitted).__name__)
    assert "output layer: " in text


def test_a_row_is_predicted_alike_alone_and_in_company(fitted):
    X, _ = classes()
    together = fitted.predict_proba(X)
    alone = np.concatenate([fitted.predict_proba(X[i : i + 1]) for i in range(len(X))])
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(
    "copied",
    [
        lambda model, _: pickle.loads(pickle.dumps(model)),
        lambda model, _: copy.deepcopy(model),
        lambda model, folder: (
            joblib.dump(model, folder / "m.joblib"),
            joblib.load(folder / "m.joblib"),
        )[1],
    ],
    ids=["pickle", "deepcopy", "joblib"],
)
def test_a_copy_predicts_the_same_bits(fitted, copied, tmp_path):
    X, _ = classes()
    again = copied(fitted, tmp_path)
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    assert again.history_ == fitted.history_


def test_mixed_columns_go_end_to_end_with_the_same_bits_after_loading(family, tmp_path):
    if family in WHOLE:
        pytest.skip("takes pictures, no mixed columns")
    frame, y = mixed()
    model = make(family, **FEW).fit(frame, y)
    assert model.task_ == "regression"
    assert list(model.feature_names_in_) == list(frame.columns)
    model.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier", **load_arguments(family))
    odd = frame.head(5).assign(colour="never seen", gaps=np.nan, town=None)
    for rows in (frame, odd):
        np.testing.assert_array_equal(model.predict(rows), again.predict(rows))
        assert np.isfinite(model.predict(rows)).all()
    assert again.get_params() == model.get_params()
    assert again.history_ == model.history_
    assert again.decisions_ == model.decisions_
    assert again.summary() == model.summary()
    assert again.best_epoch_ == model.best_epoch_
    again.save(tmp_path / "twice.ranvier")
    twice = rv.load(tmp_path / "twice.ranvier", **load_arguments(family))
    np.testing.assert_array_equal(model.predict(frame), twice.predict(frame))


def test_a_second_fit_forgets_the_first(family):
    if family in WHOLE:
        pytest.skip("takes pictures, no mixed columns")
    X, y = classes()
    model, fresh = make(family, **FEW), make(family, **FEW)
    frame, numbers = mixed()
    model.fit(frame, numbers)
    model.fit(X, y)
    fresh.fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), fresh.predict_proba(X))
    assert not hasattr(model, "feature_names_in_")
    model.fit(frame, numbers)
    assert not hasattr(model, "classes_")
    assert not hasattr(model, "predict_proba")


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(family, fitted):
    X, y = classes()
    again, other = make(family, **FEW).fit(X, y), make(family, **FEW, seed=1).fit(X, y)
    for path, array in fitted._outcome.parameters.items():
        np.testing.assert_array_equal(array, again._outcome.parameters[path])
    np.testing.assert_array_equal(fitted.predict_proba(X), again.predict_proba(X))
    parameters = other._outcome.parameters
    assert any((fitted._outcome.parameters[p] != parameters[p]).any() for p in parameters)
    assert (fitted.predict_proba(X) != other.predict_proba(X)).any()


def test_scikit_learns_tools_take_it(family):
    X, y = classes()
    pipeline = make_pipeline(StandardScaler(), make(family, **FEW, task="classification"))
    assert cross_val_score(pipeline, X, y, cv=2, error_score="raise").shape == (2,)
    search = GridSearchCV(
        make(family, **FEW, task="classification"),
        {"learning_rate": [1e-3, 1e-2], "seed": [0, 1]},
        cv=2,
        error_score="raise",
    ).fit(X, y)
    assert set(search.best_params_) == {"learning_rate", "seed"}
    assert search.predict(X).shape == y.shape


def test_nothing_is_printed_when_quiet(family, capfd):
    make(family, **FEW).fit(*classes())
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_repr_names_what_was_changed_only(family):
    assert "learning_rate=0.5" in repr(make(family, learning_rate=0.5))
    assert "momentum" not in repr(make(family))
