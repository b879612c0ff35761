"""The constant that stands beside every score."""

from __future__ import annotations

import numpy as np
import pytest

from ranvier.runs.baseline import baseline
from ranvier.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION


def test_most_frequent_class() -> None:
    truth = np.array(["b", "a", "b", "c"], dtype=object)
    usual = baseline(MULTICLASS, truth)
    assert usual.words == "always b, the most frequent"
    assert usual.score(MULTICLASS, truth)["accuracy"] == 0.5


def test_binary_has_an_uninformed_ranking() -> None:
    truth = np.array([0, 0, 1])
    scores = baseline(BINARY, truth).score(BINARY, truth)
    assert scores == {"accuracy": pytest.approx(2 / 3), "f1": 0.0, "roc_auc": 0.5}


def test_mean() -> None:
    truth = np.array([1.0, 3.0])
    usual = baseline(REGRESSION, truth)
    assert usual.words == "always the mean"
    assert usual.score(REGRESSION, truth) == {"rmse": 1.0, "mae": 1.0, "r2": 0.0}


def test_mean_of_each_output() -> None:
    truth = np.array([[1.0, 10.0], [3.0, 30.0]])
    usual = baseline(REGRESSION, truth)
    np.testing.assert_array_equal(usual.predict(truth), [[2.0, 20.0], [2.0, 20.0]])
    assert usual.score(REGRESSION, truth)["r2"] == 0.0


def test_no_label_at_all() -> None:
    truth = np.array([[0, 0], [1, 0]])
    usual = baseline(MULTILABEL, truth)
    assert usual.words == "no label at all"
    assert usual.score(MULTILABEL, truth)["accuracy"] == 0.5
