"""What `fit` does with plain texts, whose target is their own next or hidden token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.corpus import Corpus
from ranvier.data.splitting import split
from ranvier.errors import DataError
from ranvier.model.fitting import FEWEST_VALIDATION_ROWS, Prepared, assembled
from ranvier.model.inputs import columns_of
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.token_targets import TokenCoder
from ranvier.tasks import TASKS
from ranvier.training import feeds

if TYPE_CHECKING:
    from ranvier.model.base import Model

Array = np.ndarray[Any, Any]

VALIDATION_TOKENS = 1 << 16  # that are judged after each epoch, spread over all of them


def prepare(model: Model, examples: Dataset) -> Prepared:
    """Decide everything and encode the texts.

    Raises:
        DataError: too little text.
    """
    corpus = examples.inputs
    assert isinstance(corpus, Corpus)
    if examples.weights is not None:
        raise DataError("Plain texts have no weights: leave sample_weight= out.")
    kind = "language_model" if model.task == "auto" else model.task
    task = TASKS[kind]
    resolved = model._resolve(task, len(examples), corpus)
    train_rows, valid_rows = _split(examples, corpus, resolved)
    train, valid = _some(corpus, train_rows), _some(corpus, valid_rows)
    preprocessor = CorpusPreprocessor.fit(
        train, task=kind, context=resolved["context"], **model._input_options(resolved)
    )
    marks = preprocessor.tokens.marks
    resolved = {
        **resolved,
        "context": preprocessor.context,
        "marks": (marks.mask, tuple(sorted(marks.all))),
    }
    coder = TokenCoder(task, preprocessor.spec.vocabulary)
    resolved, observed = model._observed(examples, coder, resolved)
    inputs = preprocessor.transform(train, jitter=preprocessor.context if train.joined else 0)
    return assembled(
        model,
        columns_of(examples),
        preprocessor,
        coder,
        resolved,
        feeds.ArrayRows({"inputs": inputs}),
        None,
        _validating(preprocessor, valid),
        _lines(examples, preprocessor, train, valid),
        [("task", _line_about_task(model, kind)), *observed],
    )


def _some(corpus: Corpus, rows: Array) -> Corpus:
    some = corpus[rows]
    assert isinstance(some, Corpus)
    return some


def _split(examples: Dataset, corpus: Corpus, resolved: dict[str, Any]) -> tuple[Array, Array]:
    """Numbers of the rows that train and of those that validate."""
    rows, fraction = len(examples), resolved["validation_fraction"]
    if not fraction:
        return np.arange(rows), np.arange(0)
    if examples.valid_rows is not None:
        valid = examples.valid_rows
    elif corpus.joined:
        valid = corpus.last(fraction)
    elif round(rows * fraction) < FEWEST_VALIDATION_ROWS:
        return np.arange(rows), np.arange(0)
    else:
        valid = split(rows, fraction, resolved["seed"] + 1, None)
    kept = np.ones(rows, bool)
    kept[valid] = False
    return np.flatnonzero(kept), valid


def _validating(preprocessor: CorpusPreprocessor, valid: Corpus) -> dict[str, Any] | None:
    if not len(valid):
        return None
    inputs = preprocessor.transform(valid)
    count = len(inputs["tokens"])
    if not count:
        return None
    most = max(1, VALIDATION_TOKENS // preprocessor.context)
    if count > most:
        some = np.linspace(0, count - 1, most).astype(np.int64)
        inputs, count = {name: np.asarray(rows[some]) for name, rows in inputs.items()}, most
    return {"inputs": inputs, "weights": np.ones(count, np.float32)}


def _lines(
    examples: Dataset, preprocessor: CorpusPreprocessor, train: Corpus, valid: Corpus
) -> list[tuple[str, str]]:
    name = f"{examples.name} · " if examples.name else ""
    what = f"{train.characters:,} characters train, {valid.characters:,} validate"
    corpus = examples.inputs
    assert isinstance(corpus, Corpus)
    first = f"{name}{what} · {corpus.about}"
    others = (*preprocessor.summary(), *examples.notes, *preprocessor.notes)
    return [("data", first), *(("", text) for text in others)]


def _line_about_task(model: Model, kind: str) -> str:
    what = {
        "language_model": "each token from those before it",
        "masked_language_model": "hidden tokens from all others",
    }[kind]
    other = {
        "language_model": "; could also be masked_language_model: task='masked_language_model'",
        "masked_language_model": "",
    }[kind]
    return f"{kind}: {what}{other}"
