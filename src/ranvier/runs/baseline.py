"""The baselines that stand beside every score: one constant prediction for most tasks.

| task               | prediction                        |
|--------------------|-----------------------------------|
| binary, multiclass | the most frequent class           |
| multilabel         | no label at all                   |
| regression         | the mean                          |
| segmentation       | the most frequent class, at every pixel |
| labelling          | the most frequent class, at every step |
| image to image     | the picture as it came in, or grey where it is of another kind |
| forecasting        | three: the newest value, the value a season before, and the best linear one |
| language models    | two: how often each token comes, and by the token before |

Beside the constant for classes of texts stands what counts their words; see `runs.text_baseline`.
A model that does not beat it has learned nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ranvier.data import Dataset
from ranvier.data.series import Windows
from ranvier.data.step_labels import in_rows, together
from ranvier.model import Model, forecast_scoring, step_scoring
from ranvier.model.scoring import comparable, measure
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.series import WindowPreprocessor
from ranvier.runs import text_baseline
from ranvier.runs.language import counters
from ranvier.tasks import Task


class Rival(Protocol):
    """What a model is compared with."""

    @property
    def words(self) -> str:
        """What it does, such as "always the mean"."""

    def score(self, task: Task, truth: np.ndarray, inputs: Any = None) -> dict[str, float]:
        """The task's metrics by name, as for a model; `inputs`: what the model was given."""


def rivals(model: Model, target: Any, trained: Dataset | None = None) -> tuple[Rival, ...]:
    """What a fitted model is compared with.

    Args:
        model: for its task, and for what it learned from the windows of series or from a corpus.
        target: of the rows that trained, for the best constant.
        trained: the rows that trained, for what learns from them; None where they are not known.
    """
    task, preprocessor = model._coder.task, model.preprocessor_
    if task.is_language:
        assert isinstance(preprocessor, CorpusPreprocessor)
        return counters(preprocessor)
    if task.kind != "forecasting":
        learned = None if trained is None else text_baseline.learned(model, trained)
        return (baseline(task, target), *(() if learned is None else (learned,)))
    assert isinstance(preprocessor, WindowPreprocessor)
    return tuple(
        Forecaster(words, functools.partial(forecast, preprocessor))
        for words, forecast in forecast_scoring.RIVALS
    )


@dataclass(frozen=True)
class Forecaster:
    """A simple forecast.

    Attributes:
        words: what it does.
        forecast: from windows to float64 (N, horizon).
    """

    words: str
    forecast: Callable[[Windows], np.ndarray]

    def score(self, task: Task, truth: np.ndarray, inputs: Any = None) -> dict[str, float]:
        """The task's metrics by name; without an interval there is no coverage."""
        return forecast_scoring.measure(inputs, truth, self.forecast(inputs))


@dataclass(frozen=True)
class Baseline:
    """A constant prediction.

    Attributes:
        words: what it does, such as "always the mean".
        value: the class, the numbers (outputs,) or the number.
    """

    words: str
    value: Any

    def predict(self, truth: np.ndarray, inputs: Any = None) -> np.ndarray:
        """The constant for every row, in the shape of `truth`; or the row itself."""
        if self.value is None:
            return _unchanged(truth, np.asarray(inputs))
        if in_rows(truth):
            return together([np.full(len(row), self.value) for row in truth])
        rows = np.empty(truth.shape, dtype=np.asarray(self.value).dtype)
        rows[...] = self.value
        return rows

    def score(self, task: Task, truth: np.ndarray, inputs: Any = None) -> dict[str, float]:
        """The task's metrics by name, as for a model; `inputs` where pictures are made."""
        values = measure(task, truth, self.predict(truth, inputs))
        if task.kind == "binary":
            values["roc_auc"] = 0.5  # the same score for every row
        return values


def _unchanged(truth: np.ndarray, given: np.ndarray) -> np.ndarray:
    """The inputs in the shape and the range of the truth."""
    if given.ndim == truth.ndim + 1 and given.shape[-1] == 1:
        given = given[..., 0]
    if given.shape != truth.shape:
        middle = 128 if truth.dtype == np.uint8 else truth.mean()
        return np.full(truth.shape, middle, truth.dtype)
    if given.dtype == truth.dtype:
        return given
    if truth.dtype == np.uint8:
        return np.clip(np.rint(given * (1.0 if given.max() > 1.5 else 255.0)), 0, 255).astype(
            np.uint8
        )
    return (given / (255.0 if truth.max() <= 1.5 else 1.0)).astype(truth.dtype)


def baseline(task: Task, target: Any) -> Baseline:
    """The best constant for a target of shape (N,) or (N, outputs), of masks or of labels."""
    if task.kind == "image_to_image":
        return Baseline("the picture as it came", None)
    if task.kind == "segmentation":
        classes, counts = np.unique(np.asarray(target), return_counts=True)
        most = classes[np.argmax(counts)]
        return Baseline(f"always {most}, the most frequent", most)
    if task.stepwise:
        target = step_scoring.labels_of(target)
    if task.kind == "regression":
        return Baseline("always the mean", np.mean(target.astype(np.float64), axis=0))
    if task.kind == "multilabel":
        return Baseline("no label at all", 0)
    labels, _ = comparable(target.ravel(), target.ravel())
    classes, counts = np.unique(labels, return_counts=True)
    most = classes[np.argmax(counts)]
    return Baseline(f"always {most}, the most frequent", most)
