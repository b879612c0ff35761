"""A model's score on labelled rows, beside the trivial baseline."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data import Dataset, builtin, read
from ranvier.data.corpora import read_corpus
from ranvier.data.corpus import Corpus
from ranvier.data.streams import in_memory
from ranvier.errors import DataWarning, RanvierError, TargetError
from ranvier.families.sequential.forecasting.model import Forecasting
from ranvier.loading import load
from ranvier.model import Model, step_scoring
from ranvier.model.inputs import examples_of
from ranvier.model.scoring import measure
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.runs import language, unsupervised
from ranvier.runs.baseline import Rival, rivals
from ranvier.runs.folder import CONFIG, RunFolder, find_model
from ranvier.runs.scores import Rated, Scores
from ranvier.tasks import MULTICLASS


def evaluate(model: str | Path, source: str) -> tuple[Scores, tuple[str, ...]]:
    """The scores of a saved model on the rows of a source, and notes about these rows.

    Raises:
        ArtifactError, DataError, TargetError: the model or the rows cannot be used.
    """
    place = find_model(model)
    fitted = load(place)
    examples = labelled(source, fitted)
    folder = RunFolder(place.parent)
    notes = seen_before(folder, examples, source, model)
    if fitted._coder.task.kind != "super_resolution":  # whose pictures keep their size
        notes = (*examples.notes, *notes)
    if fitted._coder.task.is_unsupervised:
        found = unsupervised.judged(fitted, examples, trained_by(folder, model), folder.path)
        scores = unsupervised.scores_of(found, len(examples))
        return scores, (*notes, *unsupervised.remarks(found))
    return compare(fitted, examples, rivals(fitted, examples.target)), notes


def trained_by(folder: RunFolder, model: str | Path) -> Dataset | None:
    """The rows by which a run's model was trained; None where they cannot be read any more."""
    from ranvier.runs.reporting import of_the_run

    try:
        return in_memory(of_the_run(folder.read(CONFIG), model).train)
    except RanvierError:
        return None


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
    if model._coder.task.is_unsupervised:
        return _without_target(source, model)
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


def _without_target(source: str, model: Model) -> Dataset:
    """All rows, and beside them the target that came along in training where it is there."""
    how: dict[str, Any] = {"test_fraction": 0, "on_error": model.on_error}
    try:
        return read(source, target=list(model.target_names_), **how)
    except TargetError:
        return read(source, target=(), **how)


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
