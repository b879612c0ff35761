"""Targets of every kind, through fit and predict."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning
from sklearn.metrics import f1_score, log_loss, mean_absolute_error, r2_score, roc_auc_score

import ranvier as rv

FEW = {
    "recipe": "textbook",
    "hidden": (16,),
    "epochs": 30,
    "batch_size": 32,
    "learning_rate": 0.02,
    "verbose": 0,
}
POINTS = np.random.default_rng(0).normal(size=(160, 3))
POSITIVE = POINTS[:, 0] > 0


@pytest.mark.parametrize(
    ("negative", "positive"),
    [("no", "yes"), (False, True), (0.0, 1.0), (0, 1), (-1, 1), (2.5, 7.0), ("a", "B")],
    ids=str,
)
def test_two_classes_come_back_as_they_were(negative, positive):
    y = np.where(POSITIVE, positive, negative)
    model = rv.FCNN(**FEW).fit(POINTS, y)
    assert model.task_ == "binary"
    assert model.predict(POINTS).dtype == y.dtype
    assert sorted(model.classes_) == sorted([negative, positive])
    assert model.score(POINTS, y) > 0.9
    assert model.predict_proba(POINTS).shape == (160, 2)


@pytest.mark.parametrize("dtype", [object, "category", "string"])
def test_pandas_targets_of_text(dtype):
    y = pd.Series(np.where(POSITIVE, "yes", "no")).astype(dtype)
    model = rv.FCNN(**FEW).fit(POINTS, y)
    assert model.task_ == "binary"
    assert list(model.classes_) == ["no", "yes"]
    assert model.score(POINTS, y) > 0.9


def test_integers_one_to_five_are_classes_and_the_other_reading_is_said():
    y = np.arange(160) % 5 + 1
    model = rv.FCNN(**FEW).fit(POINTS, y)
    assert model.task_ == "multiclass"
    said = dict(model.decisions_)["task"]
    assert "few integers (5 distinct, 1 to 5)" in said
    assert "could also be regression: task='regression'" in said
    other = rv.FCNN(**FEW, task="regression").fit(POINTS, y)
    assert other.task_ == "regression"
    assert "task='regression' was asked for" in dict(other.decisions_)["task"]
    assert other.predict(POINTS).dtype == np.float64


@pytest.mark.parametrize("y", [np.ones(160), np.full(160, "x"), np.ones(160, int)], ids=repr)
def test_one_class_is_refused(y):
    with pytest.raises(rv.TargetError, match="at least two classes; the target holds one class"):
        rv.FCNN(**FEW, task="classification").fit(POINTS, y)


def test_several_numbers_at_once():
    Y = np.stack([POINTS[:, 0] * 100 + 500, POINTS[:, 1] * 0.01], axis=1)
    model = rv.FCNN(**FEW).fit(POINTS, Y)
    assert model.task_ == "regression"
    assert model.predict(POINTS).shape == (160, 2)
    # Each is learned in its own unit, so the small one counts as much as the large one.
    assert r2_score(Y, model.predict(POINTS), multioutput="raw_values").min() > 0.9
    assert model.evaluate(POINTS, Y)["r2"] == pytest.approx(r2_score(Y, model.predict(POINTS)))


def test_a_column_of_numbers_is_one_number():
    y = POINTS[:, 0] * 3
    flat = rv.FCNN(**FEW).fit(POINTS, y)
    with pytest.warns(DataConversionWarning):  # scikit-learn's own
        column = rv.FCNN(**FEW).fit(POINTS, y[:, None])
    np.testing.assert_array_equal(flat.predict(POINTS), column.predict(POINTS))


def test_many_labels():
    Y = (POINTS > 0).astype(int)
    model = rv.FCNN(**FEW).fit(POINTS, Y)
    assert model.task_ == "multilabel"
    probabilities, labels = model.predict_proba(POINTS), model.predict(POINTS)
    assert probabilities.shape == labels.shape == (160, 3)
    np.testing.assert_array_equal(labels, probabilities > 0.5)
    assert model.score(POINTS, Y) == (labels == Y).all(axis=1).mean() > 0.7
    found = model.evaluate(POINTS, Y)
    assert found["f1_macro"] == pytest.approx(f1_score(Y, labels, average="macro"))
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    by_hand = -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).mean()
    assert found["loss"] == pytest.approx(by_hand, rel=1e-4)


def test_evaluate_is_scikit_learns_binary():
    y = np.where(POINTS @ [1, 1, 0] + 0.8 * POINTS[:, 2] > 0, "yes", "no")
    model = rv.FCNN(**{**FEW, "epochs": 3}).fit(POINTS, y)
    found, p = model.evaluate(POINTS, y), model.predict_proba(POINTS)
    assert set(found) == {"accuracy", "roc_auc", "f1", "loss"}
    assert found["loss"] == pytest.approx(log_loss(y, p), rel=1e-5)
    assert found["roc_auc"] == pytest.approx(roc_auc_score(y, p[:, 1]))
    assert found["f1"] == pytest.approx(f1_score(y, model.predict(POINTS), pos_label="yes"))


def test_f1_is_about_the_second_class_even_where_it_does_not_occur():
    y = np.where(POSITIVE, "yes", "no")
    model = rv.FCNN(**FEW).fit(POINTS, y)
    sure = POINTS[POINTS[:, 0] < -0.5]
    found = model.evaluate(sure, np.full(len(sure), "no"))
    assert found["accuracy"] == 1.0
    assert found["f1"] == 0.0  # no "yes" was found, because there is none
    assert "roc_auc" not in found


def test_evaluate_is_scikit_learns_regression():
    y = POINTS[:, 0] * 50
    model = rv.FCNN(**{**FEW, "epochs": 3}).fit(POINTS, y)
    found, p = model.evaluate(POINTS, y), model.predict(POINTS)
    assert set(found) >= {"r2", "rmse", "mae"}
    assert found["mae"] == pytest.approx(mean_absolute_error(y, p))
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean((y - p) ** 2)))
    assert model.score(POINTS, y) == pytest.approx(r2_score(y, p))


def test_the_history_speaks_in_the_targets_unit():
    y = POINTS[:, 0] * 1000 + 5000
    model = rv.FCNN(**FEW, patience=None).fit(POINTS, y)
    row = model.history_[-1]
    assert row["valid_rmse"] == pytest.approx(np.sqrt(row["valid_loss"]) * np.std(y), rel=0.15)


def weights_of(model):
    return model._outcome.parameters


def test_a_weight_of_two_is_the_row_twice_in_one_batch():
    """Where all rows fit into one batch the two are the same bits."""
    settings = {**FEW, "batch_size": 400, "validation_fraction": 0}
    y = np.where(POSITIVE, "yes", "no")
    weights = np.arange(160) % 3
    one = rv.FCNN(**settings).fit(POINTS, y, sample_weight=weights)
    rows = np.repeat(np.arange(160), weights)
    two = rv.FCNN(**settings).fit(POINTS[rows], y[rows])
    for path, array in weights_of(one).items():
        np.testing.assert_array_equal(array, weights_of(two)[path])


def test_weights_scale_freely():
    y = np.where(POSITIVE, "yes", "no")
    weights = np.random.default_rng(0).uniform(0.5, 2, 160)
    one = rv.FCNN(**FEW).fit(POINTS, y, sample_weight=weights)
    two = rv.FCNN(**FEW).fit(POINTS, y, sample_weight=8 * weights)  # a power of two: same bits
    for path, array in weights_of(one).items():
        np.testing.assert_array_equal(array, weights_of(two)[path])


def test_rows_of_weight_zero_are_as_if_not_there():
    y = np.where(POSITIVE, "yes", "no")
    X, labels = np.vstack([POINTS, POINTS * 50]), np.concatenate([y, y[::-1]])
    weights = np.repeat([1.0, 0.0], 160)
    one = rv.FCNN(**FEW).fit(X, labels, sample_weight=weights)
    two = rv.FCNN(**FEW).fit(POINTS, y)
    np.testing.assert_array_equal(one.predict_proba(POINTS), two.predict_proba(POINTS))


def imbalanced():
    X = np.random.default_rng(1).normal(size=(300, 2))
    y = np.zeros(300, int)
    y[:30], X[:30] = 1, X[:30] + 0.8
    return X, y


def test_class_weights_move_the_balance():
    X, y = imbalanced()
    settings = {**FEW, "validation_fraction": 0}
    recall = {
        name: rv.FCNN(**settings, class_weight=weight).fit(X, y).predict(X)[:30].mean()
        for name, weight in (("none", None), ("balanced", "balanced"), ("ten", {1: 10.0}))
    }
    assert recall["none"] < 0.5 < recall["balanced"]
    assert recall["none"] < 0.5 < recall["ten"]


def test_balanced_is_the_dictionary_that_scikit_learn_computes():
    X, y = imbalanced()
    by_name = rv.FCNN(**FEW, class_weight="balanced", validation_fraction=0).fit(X, y)
    counts = np.bincount(y)
    numbers = {label: 300 / (2 * counts[label]) for label in (0, 1)}
    by_hand = rv.FCNN(**FEW, class_weight=numbers, validation_fraction=0).fit(X, y)
    np.testing.assert_array_equal(by_name.predict_proba(X), by_hand.predict_proba(X))


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ({"maybe": 1.0}, "names the class 'maybe', which is not in the target"),
        ({"yes": -1.0}, "numbers of at least 0; got -1.0 for 'yes'"),
        ("even", "must be 'balanced' or a dictionary"),
        ({"yes": "much"}, "numbers of at least 0; got 'much' for 'yes'"),
    ],
)
def test_class_weights_that_do_not_fit(weight, said):
    y = np.where(POSITIVE, "yes", "no")
    with pytest.raises(rv.HyperparameterError, match=said):
        rv.FCNN(**FEW, class_weight=weight).fit(POINTS, y)


def test_class_weight_needs_classes():
    with pytest.raises(rv.HyperparameterError, match="needs a target with classes"):
        rv.FCNN(**FEW, class_weight="balanced").fit(POINTS, POINTS[:, 0])


def test_a_label_never_seen_is_named_when_scored():
    y = np.where(POSITIVE, "yes", "no")
    model = rv.FCNN(**{**FEW, "epochs": 1}).fit(POINTS, y)
    with pytest.raises(rv.TargetError, match="perhaps"):
        model.evaluate(POINTS, np.where(POSITIVE, "perhaps", "no"))
