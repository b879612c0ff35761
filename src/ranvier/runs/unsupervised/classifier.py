"""A classifier of real pictures, by whose features made ones are judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.errors import RanvierError, TargetError
from ranvier.families.cnn.model import CNN
from ranvier.loading import load
from ranvier.model.measuring.rows import some
from ranvier.preprocessing.own_targets import classes_of

Array = np.ndarray[Any, Any]

FILE = "judge.ranvier"  # in the run's folder
MOST_ROWS = 10_000
STEPS = 600  # of its training, about
BATCH = 128
MOST_CLASSES = 100
FEWEST_ROWS = 50  # with which a classifier is worth its name
FILTERS = (32, 64)


@dataclass(frozen=True)
class Judge:
    """A fitted classifier.

    Attributes:
        model: takes pictures (N, height, width, channels).
        accuracy: on the rows held out.
    """

    model: CNN
    accuracy: float

    @property
    def words(self) -> str:
        """What it is and how far it is to be trusted."""
        return (
            "the features of a CNN that was trained on the real pictures and is right on "
            f"{100 * self.accuracy:.1f} % of those held out"
        )


def labels_of(target: Any) -> Array | None:
    """The classes that came along, text (N,); None where there are none."""
    if target is None:
        return None
    try:
        names = classes_of(target)
    except TargetError:
        return None
    if not 2 <= len(names) <= MOST_CLASSES:
        return None
    labels: Array = np.asarray(target).ravel().astype(str)
    return labels


def judge(
    pictures: Array, target: Any, held_out: Array, truth: Any, folder: Path | None, seed: int
) -> Judge | None:
    """The run's classifier: read from its folder, or trained; None where there are no classes.

    Args:
        pictures: (N, height, width, channels), those that trained the generator.
        target: their classes (N,), or None.
        held_out: (M, height, width, channels).
        truth: their classes (M,).
        folder: of the run, where it is kept; None: nowhere.
        seed: of its training.
    """
    labels, true = labels_of(target), labels_of(truth)
    if labels is None or true is None or len(labels) < FEWEST_ROWS:
        return None
    model = _kept(folder, pictures.shape[1:])
    if model is None:
        model = _trained(pictures, labels, seed)
        if folder is not None:
            _keep(model, folder)
    return Judge(model, float(np.mean(model.predict(held_out).astype(str) == true)))


def _trained(pictures: Array, labels: Array, seed: int) -> CNN:
    rows = some(np.arange(len(pictures)), MOST_ROWS, seed)
    epochs = max(1, round(STEPS * BATCH / len(rows)))
    model = CNN(
        filters=FILTERS, epochs=min(epochs, 60), batch_size=min(BATCH, len(rows)), seed=seed,
        validation_fraction=0.0, calibrate=False, verbose=0,
    )  # fmt: skip
    return model.fit(pictures[rows], labels[rows])


def _kept(folder: Path | None, shape: tuple[int, ...]) -> CNN | None:
    if folder is None or not (folder / FILE).is_file():
        return None
    try:
        model = load(folder / FILE)
    except RanvierError:
        return None
    if not isinstance(model, CNN) or model.preprocessor_.spec.image != shape:
        return None
    return model


def _keep(model: CNN, folder: Path) -> None:
    try:
        model.save(folder / FILE)
    except RanvierError:
        return  # it is trained anew next time
