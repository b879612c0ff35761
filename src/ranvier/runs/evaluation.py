"""A model's score on labelled rows, beside the trivial baseline."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data import Dataset, builtin, read
from ranvier.data.corpora import read_corpus
from ranvier.data.corpus import Corpus
from ranvier.errors import DataWarning
from ranvier.families.sequential.forecasting.model import Forecasting
from ranvier.loading import load
from ranvier.model import Model, step_scoring
from ranvier.model.inputs import examples_of
from ranvier.model.scoring import measure
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.runs import language
from ranvier.runs.baseline import Rival, rivals
from ranvier.runs.folder import CONFIG, RunFolder, find_model
from ranvier.tasks import MULTICLASS

HEADLINES = ("perplexity", "iou", "psnr", "mase", "frechet", "mse", "r2", "accuracy")
LOWER = ("perplexity", "mase", "frechet", "mse")  # of which the less is the better


@dataclass(frozen=True)
class Rated:
    """How a baseline did.

    Attributes:
        words: what it does.
        metrics: metric -> value.
    """

    words: str
    metrics: dict[str, float]


@dataclass(frozen=True)
class Scores:
    """How a model and the baselines did on the same rows.

    Attributes:
        rows: how many.
        model: metric -> value.
        baselines: one at least.
        headline: the metric by which they are compared.
        lower: whether the less of it is the better.
    """

    rows: int
    model: dict[str, float]
    baselines: tuple[Rated, ...]
    headline: str
    lower: bool = False

    @property
    def things(self) -> str:
        """What a row is: of series it is a window, of a language a token."""
        return {"mase": "windows", "perplexity": "tokens"}.get(self.headline, "rows")

    @property
    def best(self) -> Rated:
        """The baseline that is hardest to beat."""
        choose = min if self.lower else max
        return choose(self.baselines, key=lambda rated: rated.metrics[self.headline])

    @property
    def beaten(self) -> bool:
        """Whether the model is better than all baselines."""
        own, other = self.model[self.headline], self.best.metrics[self.headline]
        return own < other if self.lower else own > other

    def plain(self) -> dict[str, Any]:
        """As JSON holds it; "baseline" is the best of the baselines."""
        each = [{"prediction": rated.words, "metrics": rated.metrics} for rated in self.baselines]
        plain = {"rows": self.rows, "metrics": self.model}
        plain["baseline"] = each[self.baselines.index(self.best)]
        return plain | ({"baselines": each} if len(each) > 1 else {})

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Scores:
        """The same scores."""
        each = plain.get("baselines") or [plain["baseline"]]
        metrics = dict(plain["metrics"])
        headline = next(name for name in HEADLINES if name in metrics)
        rated = tuple(Rated(other["prediction"], other["metrics"]) for other in each)
        return cls(int(plain["rows"]), metrics, rated, headline, headline in LOWER)


def evaluate(model: str | Path, source: str) -> tuple[Scores, tuple[str, ...]]:
    """The scores of a saved model on the rows of a source, and notes about these rows.

    Raises:
        ArtifactError, DataError, TargetError: the model or the rows cannot be used.
    """
    place = find_model(model)
    fitted = load(place)
    examples = labelled(source, fitted)
    notes = (*examples.notes, *seen_before(RunFolder(place.parent), examples, source, model))
    return compare(fitted, examples, rivals(fitted, examples.target)), notes


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
    """All rows of a source that have a target; of series, all windows; of a language, all texts."""
    if isinstance(model, Forecasting) and model.task_ == "forecasting":
        return model._rolling(source, test=0.0)
    if model._coder.task.is_language:
        return read_corpus(source, test_fraction=0, on_error=model.on_error)
    target: list[str] | None = list(model.target_names_) or None
    if is_builtin(source):
        target = None
    elif source.lower().endswith(".npz") and examples_of(source).target is not None:
        target = None  # kept apart from the columns, under whatever name
    form = getattr(model.preprocessor_, "form", None)
    return read(
        source,
        target=target,
        test_fraction=0,
        on_error=model.on_error,
        series=getattr(form, "series", "") or None,
        time=getattr(form, "time", "") or None,
    )


def compare(model: Model, examples: Dataset, others: Sequence[Rival]) -> Scores:
    """The model's metrics and the baselines' on rows with a target, or on texts."""
    if model._coder.task.is_language:
        return _of_language(model, examples, others)
    truth, coder = examples.labels, model._coder
    task = coder.task
    every = step_scoring.labels_of(truth) if task.stepwise else truth
    if task.pixelwise or _all_known(every, coder.classes):
        values = model.evaluate(examples)
    else:  # a class that training never saw can only be missed; it has no probability
        task = task if task.stepwise else MULTICLASS
        values = measure(task, truth, model.predict(examples))
    rated = tuple(Rated(one.words, one.score(task, truth, examples.inputs)) for one in others)
    return Scores(len(examples), values, rated, task.headline, task.lower)


def _of_language(model: Model, examples: Dataset, others: Sequence[Rival]) -> Scores:
    preprocessor, task = model.preprocessor_, model._coder.task
    assert isinstance(preprocessor, CorpusPreprocessor)
    form: Any = preprocessor.form
    texts = model._suited(examples, form)
    assert isinstance(texts.inputs, Corpus)
    told = language.about_unknown(preprocessor, texts.inputs, examples.name)
    if told:
        warnings.warn(told, DataWarning, stacklevel=3)
    none = np.zeros(0)  # texts are their own target
    rated = tuple(Rated(one.words, one.score(task, none, texts.inputs)) for one in others)
    count = language.size_of(preprocessor, texts.inputs)
    return Scores(count, model.evaluate(texts), rated, task.headline, task.lower)


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
