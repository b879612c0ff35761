"""How much each row counts: sample weights times class weights, of mean 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.errors import HyperparameterError, nearest
from ranvier.preprocessing.fitting import Coder


def row_weights(
    sample_weight: np.ndarray | None,
    class_weight: str | dict[Any, float] | None,
    encoded: Any,
    coder: Coder,
) -> np.ndarray | None:
    """Float32 (N,) of mean 1, or None where every row counts the same.

    Raises:
        HyperparameterError: a class weight that does not fit the classes.
    """
    weights = sample_weight
    if class_weight is not None:
        _check_task(coder)
        codes = encoded.ravel().astype(np.intp)
        counts = np.bincount(codes, weights=sample_weight, minlength=len(coder.classes))
        by_class = _by_class(class_weight, counts, coder.classes)[codes]
        weights = by_class if weights is None else weights * by_class
    if weights is not None and not np.any(weights > 0):
        raise HyperparameterError(_nothing_counts(class_weight))
    if weights is None or np.all(weights == weights[0]):
        return None
    return np.asarray(weights / weights.mean(), np.float32)


def class_factors(
    class_weight: str | dict[Any, float], counts: np.ndarray, coder: Coder
) -> np.ndarray:
    """Float32 (classes,) of mean 1 over the rows, of which `counts` (classes,) are of each class.

    Raises:
        HyperparameterError: a class weight that does not fit the classes.
    """
    _check_task(coder)
    factors = _by_class(class_weight, counts, coder.classes)
    total = float((factors * counts).sum())
    if not total > 0:
        raise HyperparameterError(_nothing_counts(class_weight))
    return np.asarray(factors * (counts.sum() / total), np.float32)


def _check_task(coder: Coder) -> None:
    if coder.task.kind not in ("binary", "multiclass"):
        raise HyperparameterError(
            f"class_weight needs a target with classes; this task is {coder.task.kind}; "
            "leave it out, or use sample_weight."
        )


def _nothing_counts(class_weight: Any) -> str:
    return (
        f"class_weight={class_weight!r} gives no row a weight above 0; "
        "at least one class that occurs must count."
    )


def _by_class(
    class_weight: str | dict[Any, float], counts: np.ndarray, classes: np.ndarray
) -> np.ndarray:
    if class_weight == "balanced":
        return np.asarray(counts.sum() / (len(classes) * np.maximum(counts, 1e-12)))
    if not isinstance(class_weight, dict):
        raise HyperparameterError(
            "class_weight must be 'balanced' or a dictionary from class to weight; "
            f"got {class_weight!r}."
        )
    labels = classes.tolist()
    for label, weight in class_weight.items():
        if label not in labels:
            names = [str(known) for known in labels]
            raise HyperparameterError(
                f"class_weight names the class {label!r}, which is not in the target; "
                f"its classes are {', '.join(names[:10])}.{nearest(str(label), names)}"
            )
        number = isinstance(weight, (int, float, np.number)) and not isinstance(weight, bool)
        if not number or not np.isfinite(weight) or weight < 0:
            raise HyperparameterError(
                f"class_weight must hold numbers of at least 0; got {weight!r} for {label!r}."
            )
    return np.array([float(class_weight.get(label, 1.0)) for label in labels])
