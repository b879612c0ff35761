"""Tf-idf with logistic regression, what every classifier of texts has to beat."""

from __future__ import annotations

import time
from typing import Any

STRENGTHS = (1.0, 3.0, 10.0, 30.0)  # of logistic regression's C
FOLDS = 3


def measured(examples: Any, *, tuned: bool) -> dict[str, float]:
    """Accuracy on the test texts, and the seconds to fit.

    Args:
        examples: as `ranvier.read` gives a folder of texts.
        tuned: whether the best of `STRENGTHS` is chosen by cross-validation.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline

    train, test = examples.train, examples.test
    steps = [("tfidf", TfidfVectorizer()), ("regression", LogisticRegression(max_iter=1000))]
    search: Any = Pipeline(steps)
    if tuned:
        search = GridSearchCV(search, {"regression__C": STRENGTHS}, cv=FOLDS)
    began = time.perf_counter()
    search.fit(train.inputs.values.to_list(), train.target)
    fitted = time.perf_counter() - began
    accuracy = float(search.score(test.inputs.values.to_list(), test.target))
    return {"accuracy": accuracy, "fit_seconds": fitted}
