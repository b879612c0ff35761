"""A model's score on labelled rows, beside the trivial baseline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data import Dataset, builtin, read
from ranvier.loading import load
from ranvier.model import Model
from ranvier.model.inputs import examples_of
from ranvier.model.scoring import measure
from ranvier.runs.baseline import Baseline, baseline
from ranvier.runs.folder import CONFIG, RunFolder, find_model
from ranvier.tasks import MULTICLASS

HEADLINES = ("iou", "psnr", "r2", "accuracy")


@dataclass(frozen=True)
class Scores:
    """How a model and the baseline did on the same rows.

    Attributes:
        rows: how many.
        model: metric -> value.
        baseline_words: what the baseline does.
        baseline: metric -> value.
        headline: the metric, greater is better, by which the two are compared.
    """

    rows: int
    model: dict[str, float]
    baseline_words: str
    baseline: dict[str, float]
    headline: str

    @property
    def beaten(self) -> bool:
        """Whether the model is better than the baseline."""
        return self.model[self.headline] > self.baseline[self.headline]

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "rows": self.rows,
            "metrics": self.model,
            "baseline": {"prediction": self.baseline_words, "metrics": self.baseline},
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Scores:
        """The same scores."""
        other = plain["baseline"]
        metrics = dict(plain["metrics"])
        headline = next(name for name in HEADLINES if name in metrics)
        return cls(int(plain["rows"]), metrics, other["prediction"], other["metrics"], headline)


def evaluate(model: str | Path, source: str) -> tuple[Scores, tuple[str, ...]]:
    """The scores of a saved model on the rows of a source, and notes about these rows.

    Raises:
        ArtifactError, DataError, TargetError: the model or the rows cannot be used.
    """
    place = find_model(model)
    fitted = load(place)
    examples = labelled(source, fitted)
    assert examples.target is not None
    notes = (*examples.notes, *seen_before(RunFolder(place.parent), examples, source, model))
    usual = baseline(fitted._coder.task, examples.target)
    return compare(fitted, examples, usual), notes


def seen_before(
    folder: RunFolder, examples: Dataset, source: str, model: str | Path
) -> tuple[str, ...]:
    """A note where the run in `folder` was trained on this source."""
    if folder.read(CONFIG).get("source") != address(source):
        return ()
    return (
        f"{examples.name} is what this model was trained on, so most of these rows are not "
        f"new to it; its score on rows never seen: ranvier info {model}",
    )


def labelled(source: str, model: Model) -> Dataset:
    """All rows of a source that have a target."""
    target: list[str] | None = list(model.target_names_) or None
    if is_builtin(source):
        target = None
    elif source.lower().endswith(".npz") and examples_of(source).target is not None:
        target = None  # kept apart from the columns, under whatever name
    return read(source, target=target, test_fraction=0, on_error=model.on_error)


def compare(model: Model, examples: Dataset, usual: Baseline) -> Scores:
    """The model's metrics and the baseline's on rows with a target."""
    truth, coder = examples.labels, model._coder
    task = coder.task
    if task.pixelwise or _all_known(truth, coder.classes):
        values = model.evaluate(examples)
    else:  # a class that training never saw can only be missed; it has no probability
        task = MULTICLASS
        values = measure(task, truth, model.predict(examples))
    trivial = usual.score(task, truth, examples.inputs)
    return Scores(len(examples), values, usual.words, trivial, task.headline)


def _all_known(truth: np.ndarray, classes: np.ndarray) -> bool:
    if not len(classes):
        return True
    return {str(label) for label in truth.ravel()} <= {str(label) for label in classes}


def is_builtin(source: str) -> bool:
    """Whether a source names a built-in set."""
    return source in builtin.NAMES and not Path(source).is_file()


def address(source: str) -> str:
    """A source so that it is found from any folder: a built-in name, or an absolute path."""
    return source if is_builtin(source) else str(Path(source).expanduser().absolute())
