"""An autoencoder beside principal components of the same number, and the mean row."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.whole import Whole
from ranvier.model import Model
from ranvier.model.measuring import compression, detection
from ranvier.model.measuring.rows import some
from ranvier.report.findings import Reconstruction
from ranvier.runs.unsupervised.classifier import labels_of
from ranvier.runs.unsupervised.making import STEPS, as_pictures, makes_pictures, pictures_of

Array = np.ndarray[Any, Any]

MOST_ROWS = 20_000  # of those that trained
FEW_ODD = 0.2  # a class of at most this share is what is to be detected
SHOWN = 2_000  # rows of which pictures are kept


def reconstruction(model: Any, rows: Dataset, trained: Dataset | None) -> Reconstruction:
    """What the model keeps of rows that it never saw.

    Args:
        model: a fitted Autoencoder.
        rows: those that are judged.
        trained: those that trained, by which the components are found; None where they are not
            known: then by the judged rows themselves, which is to the components' favour.
    """
    seen = rows if trained is None else _drawn(trained, model.resolved_["seed"])
    truth, made = model._measured(rows)
    seen_truth, _ = model._measured(seen)
    usable = _usable(model, truth, made)
    components = compression.Components.fitted(seen_truth, model.resolved_["dimensions"])
    again, middle = components.reconstruct(truth), seen_truth.mean(axis=0, dtype=np.float64)
    whose = "" if trained is not None else ", of these very rows"
    metrics = _figures(truth, made, usable)
    pca = _figures(truth, again, usable)
    mean = _figures(truth, np.broadcast_to(middle, truth.shape), usable)
    codes, usualness = model.transform(rows), np.asarray(model.score_samples(rows))
    others = [(f"PCA, {len(components.directions)} components{whose}", pca)]
    labels, known = labels_of(rows.target), labels_of(seen.target)
    if labels is not None and known is not None and trained is not None:
        seen_codes, theirs = model.transform(seen), components.transform(seen_truth)
        metrics["neighbours"] = compression.neighbour_accuracy(seen_codes, known, codes, labels)
        pca["neighbours"] = compression.neighbour_accuracy(
            theirs, known, components.transform(truth), labels
        )
        common = max(set(known.tolist()), key=known.tolist().count)
        mean["neighbours"] = float(np.mean(labels == common))
    odd = _odd(labels)
    if odd is not None:
        metrics["detection"] = detection.area(usualness, odd)
        pca["detection"] = detection.area(-compression.errors(truth, again), odd)
        mean["detection"] = 0.5
        forest = detection.isolation_forest(seen_truth, truth)
        others.append(("isolation forest", {"detection": detection.area(forest, odd)}))
    others.append(("always the mean row", mean))
    return Reconstruction(
        codes=np.asarray(codes, np.float64),
        labels=labels,
        errors=compression.errors(truth, made),
        usualness=usualness,
        **_pictured(model, rows),
        metrics=metrics,
        others=tuple(others),
        inputs=None if isinstance(rows.inputs, Whole) else rows.inputs,
    )


def _drawn(rows: Dataset, seed: int) -> Dataset:
    if len(rows) <= MOST_ROWS:
        return rows
    return rows.take(some(np.arange(len(rows)), MOST_ROWS, seed))


def _usable(model: Model, truth: Array, made: Array) -> Array:
    """Bool (N, numbers): what is no padding of a shorter sequence."""
    if not model.resolved_.get("uneven"):
        return np.ones(truth.shape, bool)
    return np.asarray((truth != 0) | (made != 0))


def _figures(truth: Array, made: Array, usable: Array) -> dict[str, float]:
    """Mse, r2 and mae over all numbers, in standardised units."""
    error = (made.astype(np.float64) - truth)[usable]
    values = truth.astype(np.float64)
    counts = np.maximum(usable.sum(axis=0), 1)
    middle = (values * usable).sum(axis=0) / counts
    spread = float(np.square((values - middle) * usable).sum())
    squares = float(np.square(error).sum())
    return {
        "mse": squares / max(len(error), 1),
        "r2": 1.0 - squares / spread if spread > 1e-12 else float(squares < 1e-12),
        "mae": float(np.abs(error).mean()) if len(error) else 0.0,
    }


def _odd(labels: Array | None) -> Array | None:
    """Bool (N,): the rows of a rare class among two; None where there is none."""
    if labels is None:
        return None
    names, counts = np.unique(labels, return_counts=True)
    if len(names) != 2 or counts.min() > FEW_ODD * counts.sum():
        return None
    return np.asarray(labels == names[np.argmin(counts)])


def _pictured(model: Any, rows: Dataset) -> dict[str, Array | None]:
    """The first rows, what is made of them, and the way from the first to the farthest."""
    if not makes_pictures(model):
        return {"truth": None, "made": None, "strip": None}
    some_rows = rows.take(slice(0, SHOWN))
    made = as_pictures(model, model.reconstruct(some_rows))
    ends = np.asarray(model.transform(some_rows))
    farthest = int(np.argmax(np.square(ends - ends[0]).sum(axis=1)))
    shares = np.linspace(0.0, 1.0, STEPS, dtype=np.float32)[:, None]
    codes = (1 - shares) * ends[0] + shares * ends[farthest]
    strip = as_pictures(model, model.inverse_transform(codes))
    truth = pictures_of(model, some_rows)
    return {"truth": truth, "made": made, "strip": strip}
