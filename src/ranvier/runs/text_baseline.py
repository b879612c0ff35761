"""What a good analyst tries first on texts: their words and pairs of words, weighed and added up.

TF-IDF (Salton and Buckley 1988) with logistic regression, from scikit-learn.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.texts import Texts
from ranvier.errors import DataWarning
from ranvier.model import Model
from ranvier.model.scoring import evaluate, measure
from ranvier.preprocessing.targets import TargetCoder
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.tasks import Task

Array = np.ndarray[Any, Any]

MOST_CHARACTERS = 40_000_000  # of the texts to learn from: about half a minute
MOST_TERMS = 50_000
MOST_NUMBERS = 1_000_000  # terms times classes
PENALTY = 10.0  # scikit-learn's C: terms are many, and most of them small
FEWEST = 1e-7  # a probability that still has a logarithm


@dataclass(frozen=True)
class WordCounter:
    """The fitted model.

    Attributes:
        pipeline: scikit-learn's.
        model: whose texts and target it has.
        words: what it does.
    """

    pipeline: Any
    model: Model
    words: str = "words and pairs of words (TF-IDF, logistic regression)"

    def score(self, task: Task, truth: Array, inputs: Any = None) -> dict[str, float]:
        """The task's metrics by name."""
        coder = self.model._coder
        assert isinstance(coder, TargetCoder)
        texts = _texts(self.model, Dataset(inputs))
        chances = np.clip(self.pipeline.predict_proba(listed(texts)), FEWEST, 1 - FEWEST)
        if coder.task.kind == "multiclass":
            logits = np.full((len(texts), coder.units), np.log(FEWEST))
            logits[:, self.pipeline.classes_.astype(np.intp)] = np.log(chances)
        else:
            positive = chances[:, 1:] if coder.task.kind == "binary" else chances
            logits = np.log(positive) - np.log1p(-positive)
        if task != coder.task:  # as there are classes that training never saw
            return measure(task, truth, coder.labels(logits))
        values = evaluate(coder, truth, logits.astype(np.float32), None)
        return {name: value for name, value in values.items() if name in task.metrics}


def learned(model: Model, trained: Dataset) -> WordCounter | None:
    """Fitted on the rows that trained; None where the model has no texts to classify.

    Args:
        model: a fitted model.
        trained: with their target.

    Warns:
        DataWarning: there are so many texts that it would take long.
    """
    coder = model._coder
    if not isinstance(coder, TargetCoder) or not coder.task.classifies:
        return None
    if not isinstance(model.preprocessor_, TextPreprocessor):
        return None
    texts = _texts(model, trained)
    characters = int(texts.values.str.len_chars().sum())
    if characters > MOST_CHARACTERS:
        warnings.warn(
            f"TF-IDF with logistic regression is not tried beside the model: {characters:,} "
            f"characters take longer than is worth it (at most {MOST_CHARACTERS:,}).",
            DataWarning,
            stacklevel=2,
        )
        return None
    codes = np.asarray(coder.encode(trained.target))
    if coder.task.kind != "multilabel":
        codes = codes.ravel().astype(np.int64)
        if len(np.unique(codes)) < 2:
            return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a label that no text has, or a fit that ends early
        fitted = _pipeline(coder).fit(listed(texts), codes)
    return WordCounter(fitted, model)


def _pipeline(coder: TargetCoder) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    terms = min(MOST_TERMS, MOST_NUMBERS // max(1, coder.units))
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, max_features=terms, token_pattern=r"(?u)\b\w+\b|\S",
        dtype=np.float32,
    )  # fmt: skip
    last: Any = LogisticRegression(C=PENALTY, max_iter=200)
    return make_pipeline(
        vectorizer, OneVsRestClassifier(last) if coder.task.kind == "multilabel" else last
    )


def listed(texts: Texts) -> list[str]:
    """Strings; of pairs, both texts one below the other."""
    found: list[str] = texts.joined_pairs.values.to_list()
    return found


def _texts(model: Model, rows: Dataset) -> Texts:
    """The rows as the model takes them."""
    inputs = model._suited(rows, getattr(model.preprocessor_, "form", None)).inputs
    assert isinstance(inputs, Texts)
    return inputs
