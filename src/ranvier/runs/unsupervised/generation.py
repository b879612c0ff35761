"""A generator's samples beside real pictures, and real pictures beside real pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.errors import DataError
from ranvier.model.measuring.classes import Classes, classes
from ranvier.model.measuring.copies import copies
from ranvier.model.measuring.generation import compared, likeness, room
from ranvier.model.measuring.pixels import Pixels
from ranvier.model.measuring.rows import some
from ranvier.report.findings import Generation
from ranvier.runs.unsupervised.classifier import Judge, judge, labels_of
from ranvier.runs.unsupervised.making import (
    STEPS,
    as_pictures,
    classes_of_model,
    pictures_of,
    samples,
    way,
)

Array = np.ndarray[Any, Any]

MOST_TRAINED = 20_000  # pictures among which copies are looked for
MOST_SAMPLES = 2_000
SEED = 0  # of the samples that are judged


def generation(
    model: Any, rows: Dataset, trained: Dataset, folder: Path | None = None
) -> Generation:
    """How good a generator's samples are.

    Args:
        model: a fitted model that samples pictures.
        rows: real ones that it never saw.
        trained: those that it was trained on.
        folder: of the run, where its classifier is kept.

    Raises:
        DataError: too few pictures to compare with.
    """
    chosen = some(np.arange(len(trained)), MOST_TRAINED, SEED)
    known = pictures_of(model, trained, chosen)
    real = pictures_of(model, rows, some(np.arange(len(rows)), MOST_SAMPLES, SEED))
    if known is None or real is None:
        raise DataError("Samples are judged beside pictures, and these rows are none.")
    target = None if trained.target is None else trained.target[chosen]
    truth = None if rows.target is None else rows.target[some(np.arange(len(rows)), MOST_SAMPLES,
                                                              SEED)]  # fmt: skip
    classifier = judge(known, target, real, truth, folder, int(model.resolved_["seed"]))
    features = _features(classifier, known)
    count = min(room(real, known), MOST_SAMPLES)
    asked = _asked(model, labels_of(target), count)
    made = as_pictures(model, samples(model, count, SEED, asked))
    bag = _bagged(known, count)
    found = copies(made, known, real)
    return Generation(
        samples=made,
        nearest=known[found.nearest.rows[:, 0]],
        asked=asked,
        compared=compared(real, known, made, features, SEED),
        bagged=likeness(features(some(real, count, SEED)), features(bag)).plain(),
        copies=found,
        classes=_seen(classifier, made, asked),
        real_classes=_seen(classifier, real, labels_of(truth)),
        judge="the principal components of their pixels"
        if classifier is None
        else classifier.words,
        strip=_strip(model),
    )


def _features(classifier: Judge | None, known: Array) -> Callable[[Any], Array]:
    return Pixels.fitted(known) if classifier is None else classifier.model.features


def _asked(model: Any, labels: Array | None, count: int) -> Array | None:
    """Classes for so many samples, as often as in the pictures that trained."""
    names = classes_of_model(model)
    if names is None:
        return None
    random = np.random.default_rng(SEED)
    if labels is None:
        return np.asarray(names[random.integers(len(names), size=count)])
    places = {str(name): place for place, name in enumerate(names)}
    drawn = [places[label] for label in labels[random.integers(len(labels), size=count)].tolist()]
    return np.asarray(names[drawn])


def _bagged(known: Array, count: int) -> Array:
    """Pictures whose every pixel is from another picture: as bright, and of nothing."""
    random = np.random.default_rng(SEED)
    flat = known.reshape(len(known), -1)
    rows = random.integers(len(flat), size=(count, flat.shape[1]))
    mixed: Array = flat[rows, np.arange(flat.shape[1])]
    return mixed.reshape(count, *known.shape[1:])


def _seen(classifier: Judge | None, pictures: Array, asked: Array | None) -> Classes | None:
    if classifier is None:
        return None
    return classes(classifier.model.predict(pictures), classifier.model.classes_, asked)


def _strip(model: Any) -> Array | None:
    found = way(model, STEPS, SEED)
    return None if found is None else as_pictures(model, found)
