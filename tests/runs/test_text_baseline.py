"""Counted words beside a network that reads texts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.data import Dataset
from ranvier.data.texts import Texts
from ranvier.errors import DataWarning
from ranvier.preprocessing.targets import fit_target
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.runs import text_baseline
from ranvier.runs.baseline import rivals
from ranvier.runs.text_baseline import learned
from ranvier.tasks import BINARY, MULTICLASS, MULTILABEL, Task, decide

WORDS = {"good": "a good and lovely film", "bad": "a poor and dull film", "odd": "what was that"}
TEXTS = Texts.of([f"{text}, number {n}" for n in range(20) for text in WORDS.values()])


def model_of(target: np.ndarray, texts: Texts = TEXTS) -> Any:
    """All of a fitted model that the baseline asks for; its network says nothing."""
    task = decide(target).task
    bare = rv.RNN()
    bare.task_ = task.kind
    bare.preprocessor_ = TextPreprocessor.fit(texts)
    bare._coder = fit_target(target, task)
    return bare


def scored(target: np.ndarray, task: Task, truth: np.ndarray | None = None) -> dict[str, float]:
    found = learned(model_of(target), Dataset(TEXTS, target))
    assert found is not None
    return found.score(task, target if truth is None else truth, TEXTS)


def test_two_classes() -> None:
    target = np.array(["yes", "no", "no"] * 20)
    assert scored(target, BINARY) == {"accuracy": 1.0, "f1": 1.0, "roc_auc": 1.0}


def test_several_classes() -> None:
    assert scored(np.array(list(WORDS) * 20), MULTICLASS) == {"accuracy": 1.0, "f1_macro": 1.0}


def test_several_labels() -> None:
    target = np.tile(np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0]]), (20, 1))  # the last never
    assert scored(target, MULTILABEL)["accuracy"] == 1.0


def test_a_class_that_training_never_saw_is_missed() -> None:
    target = np.array(["yes", "no", "no"] * 20)
    truth = target.astype(object)
    truth[:6] = "perhaps"
    assert scored(target, MULTICLASS, truth)["accuracy"] == pytest.approx(0.9)


def test_it_stands_beside_the_constant() -> None:
    target = np.array(["yes", "no", "no"] * 20)
    model = model_of(target)
    both = rivals(model, target, Dataset(TEXTS, target))
    assert [one.words for one in both] == [
        "always no, the most frequent",
        "words and pairs of words (TF-IDF, logistic regression)",
    ]
    assert len(rivals(model, target)) == 1  # where what trained is not at hand


def test_numbers_and_tables_have_none() -> None:
    assert learned(model_of(np.arange(60) * 1.5), Dataset(TEXTS, np.arange(60) * 1.5)) is None
    table = SimpleNamespace(_coder=fit_target(np.array([0, 1] * 9), BINARY), preprocessor_=None)
    assert learned(table, Dataset(np.zeros((18, 2)))) is None  # type: ignore[arg-type]


def test_very_many_texts_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_baseline, "MOST_CHARACTERS", 100)
    target = np.array(["yes", "no", "no"] * 20)
    with pytest.warns(DataWarning, match="is not tried beside the model: .* characters take"):
        assert learned(model_of(target), Dataset(TEXTS, target)) is None
