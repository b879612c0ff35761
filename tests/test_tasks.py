"""What a target asks for: every row of the table, and the edges between them."""

import numpy as np
import pytest

from ranvier import hyperparameters
from ranvier.data.step_labels import StepLabels
from ranvier.errors import HyperparameterError, TargetError
from ranvier.tasks import FEW_INTEGERS, NAMES, decide, unique_classes


def spread(rows=100):
    return np.random.default_rng(0).normal(size=rows)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (np.array([0, 1] * 10), "binary"),
        (np.array([0.5, 7.25] * 10), "binary"),
        (np.array(["no", "yes"] * 10), "binary"),
        (np.array(["no", "yes"] * 10, object), "binary"),
        (np.array([True, False] * 10), "binary"),
        (np.array(["a", "b", "c"] * 5), "multiclass"),
        (np.arange(30) % 3, "multiclass"),
        ((np.arange(30) % 3).astype(float), "multiclass"),
        (np.arange(30)[:, None] % 3, "multiclass"),
        (np.eye(5, dtype=int), "multilabel"),
        (np.eye(5, dtype=bool), "multilabel"),
        (np.eye(5), "multilabel"),
        (spread(), "regression"),
        (spread()[:, None], "regression"),
        (spread().reshape(50, 2), "regression"),
        (np.arange(100), "regression"),
    ],
)
def test_the_table(target, kind):
    assert decide(target).task.kind == kind


@pytest.mark.parametrize("task", ["auto", "classification", "labelling"])
@pytest.mark.parametrize(
    "rows", [[["a", "b"], ["c"]], [[1, 2], [2]], [[1.0, 0.0], [1.0]], [[True], [False, True]]]
)
def test_labels_of_steps(rows, task):
    decision = decide(StepLabels.of(rows), task)
    assert decision.task.kind == "labelling"
    assert decision.task.stepwise
    assert "a label for each step" in decision.reason


@pytest.mark.parametrize(
    ("rows", "task", "words"),
    [
        ([[0.5, 1.0]], "auto", "fractions such as 0.5"),
        ([list(range(FEW_INTEGERS + 1))], "auto", "21 different numbers"),
        ([["a", "b"]], "binary", "task='binary' needs one answer for each row"),
        ([np.array(["2024-01-01"], "M8[D]")], "auto", "turn them into text"),
    ],
)
def test_labels_of_steps_that_are_none(rows, task, words):
    with pytest.raises(TargetError, match=words):
        decide(StepLabels.of(rows), task)


def test_many_numbers_are_labels_where_that_is_asked_for():
    many = StepLabels.of([list(range(FEW_INTEGERS + 1))])
    assert decide(many, "labelling").task.kind == "labelling"
    with pytest.raises(TargetError, match="needs a label for each step"):
        decide(np.arange(5), "labelling")


@pytest.mark.parametrize(
    ("distinct", "each", "kind"),
    [
        (FEW_INTEGERS, 2, "multiclass"),
        (FEW_INTEGERS + 1, 2, "regression"),
        (3, 2, "multiclass"),
        (3, 1, "regression"),
    ],
)
def test_few_integers_are_classes_where_each_is_seen_twice(distinct, each, kind):
    assert decide(np.repeat(np.arange(distinct), each)).task.kind == kind


@pytest.mark.parametrize(
    ("target", "reason", "alternative"),
    [
        (np.arange(1, 6).repeat(4), "few integers (5 distinct, 1 to 5)", "regression"),
        (np.array([0, 3] * 9), "two distinct values (0, 3)", "regression"),
        (np.eye(4), "a 0/1 matrix of 4 columns", "regression"),
        (spread(), "100 different numbers", None),
        (np.array(["a", "b", "c"] * 5), "3 names", None),
        (np.array([True, False]), "booleans", None),
    ],
)
def test_the_reason_is_said_and_the_other_reading(target, reason, alternative):
    decision = decide(target)
    assert decision.reason == reason
    assert decision.alternative == alternative


@pytest.mark.parametrize(
    ("task", "target", "kind"),
    [
        ("regression", np.arange(1, 6).repeat(4), "regression"),
        ("regression", np.array(["1", "2.5", "4"]), "regression"),
        ("classification", np.arange(100), "multiclass"),
        ("classification", np.array([0.0, 1.0] * 5), "binary"),
        ("multiclass", np.array([0, 1] * 5), "multiclass"),
        ("multilabel", np.eye(4), "multilabel"),
        ("binary", np.array(["a", "b"] * 5), "binary"),
    ],
)
def test_a_task_that_is_asked_for_is_what_is_done(task, target, kind):
    decision = decide(target, task)
    assert decision.task.kind == kind
    assert "was asked for" in decision.reason


@pytest.mark.parametrize(
    ("task", "target", "said"),
    [
        ("regression", np.array(["a", "b"]), "task='regression' needs numbers; the target holds"),
        ("binary", np.arange(30) % 3, "needs two classes; the target holds 3"),
        ("classification", spread(), "Unknown label type: classification needs classes"),
        ("multilabel", np.arange(9).reshape(3, 3), "needs a 0/1 matrix with one column per label"),
        ("multilabel", np.array([0, 1]), "needs a 0/1 matrix with one column per label"),
        ("binary", np.eye(3), "needs one target column; got 3"),
        ("binary", np.zeros((2, 2, 2)), r"shape \(rows,\) or \(rows, outputs\); got \(2, 2, 2\)"),
        ("segmentation", np.zeros(2), "needs a picture or a mask for each row"),
        ("segmentation", np.full((2, 2, 2), 0.5), "needs whole numbers as classes"),
        ("auto", np.array([["a", "b"]] * 3), "A target of 2 columns must hold numbers"),
        ("auto", np.array([f"name {i}" for i in range(30)]), "no class is seen twice"),
        ("auto", np.array(["a", 1, "b"], object), "must hold one type of class; it mixes int and"),
    ],
)
def test_targets_that_do_not_fit(task, target, said):
    with pytest.raises(TargetError, match=said):
        decide(target, task)


def test_an_unknown_task_names_the_nearest():
    with pytest.raises(HyperparameterError, match='Nearest: "regression"'):
        decide(spread(), "regresion")


def test_the_hyperparameter_has_the_same_names():
    assert set(hyperparameters.TASK_NAMES) == set(NAMES)


def test_classes_are_sorted():
    np.testing.assert_array_equal(unique_classes(np.array(["b", "a", "b"])), ["a", "b"])
    np.testing.assert_array_equal(unique_classes(np.array([3, 1, 2, 1])), [1, 2, 3])
