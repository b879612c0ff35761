"""How good predictions are, by the task's usual metrics (scikit-learn's, imported when asked)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.errors import TargetError
from ranvier.model import entity_scoring, picture_scoring, step_scoring
from ranvier.preprocessing.fitting import Coder
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.tasks import MULTICLASS, Task


def score(
    task: Task, truth: np.ndarray, prediction: np.ndarray, weights: np.ndarray | None
) -> float:
    """Accuracy for classes (all labels right, for multilabel), R² for numbers.

    The mean IoU for masks, the PSNR for pictures; the accuracy over all steps for their labels.
    """
    if task.stepwise:
        return score(MULTICLASS, *step_scoring.joined(truth, prediction, weights))
    if task.pixelwise:
        return picture_scoring.measure(task, truth, prediction, weights)[task.headline]
    from sklearn import metrics

    truth = checked(task, truth, prediction)
    if task.classifies:
        truth, prediction = _coded(truth, prediction)
        return float(metrics.accuracy_score(truth, prediction, sample_weight=weights))
    return float(metrics.r2_score(truth, prediction, sample_weight=weights))


def evaluate(
    coder: Coder, truth: np.ndarray, logits: np.ndarray, weights: np.ndarray | None
) -> dict[str, float]:
    """The task's metrics and the loss.

    Args:
        coder: the fitted target.
        truth: (N,) or (N, outputs), as the user has it; of steps, objects (N,), a row each.
        logits: float32 (N, units); of steps as `StepCoder` has them.
        weights: (N,) or None.
    """
    if isinstance(coder, StepCoder):
        flat, _, each = step_scoring.joined(truth, logits, weights)
        values = evaluate(coder.steps, flat, np.concatenate(list(logits)), each)
        if not entity_scoring.spell_entities(coder.classes):
            return values
        found = entity_scoring.f1_entities(truth, coder.labels(logits), weights)
        return {**values, "f1_entities": found}
    if not coder.task.classifies:
        return measure(coder.task, truth, coder.labels(logits), weights)
    from sklearn import metrics

    codes = coder.encode(truth)  # before all else, for it names a class that was never seen
    positive = coder.classes[-1] if coder.task.kind == "binary" else None
    values = measure(coder.task, truth, coder.labels(logits), weights, positive=positive)
    probabilities = np.clip(coder.probabilities(logits), 1e-7, 1.0)
    if coder.task.kind == "binary" and len(np.unique(codes)) == 2:
        area = metrics.roc_auc_score(codes.ravel(), logits[:, 0], sample_weight=weights)
        values["roc_auc"] = float(area)
    if coder.task.kind == "multilabel":
        losses = -np.where(codes > 0.5, np.log(probabilities), np.log1p(1e-7 - probabilities))
        values["loss"] = float(np.average(losses.mean(axis=1), weights=weights))
    else:
        picked = probabilities[np.arange(len(codes)), codes.ravel().astype(np.intp)]
        values["loss"] = float(np.average(-np.log(picked), weights=weights))
    return values


def measure(
    task: Task,
    truth: np.ndarray,
    prediction: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    positive: Any = None,
) -> dict[str, float]:
    """The metrics that need predictions alone.

    `positive` is the class that a binary task's f1 is about; None: the last one there is.
    """
    if task.stepwise:
        flat, given, each = step_scoring.joined(truth, prediction, weights)
        values = measure(MULTICLASS, flat, given, each)
        if not entity_scoring.spell_entities(np.unique(flat)):
            return values
        return {**values, "f1_entities": entity_scoring.f1_entities(truth, prediction, weights)}
    if task.pixelwise:
        return picture_scoring.measure(task, truth, prediction, weights)
    from sklearn import metrics

    truth = checked(task, truth, prediction)
    if not task.classifies:
        squared = metrics.mean_squared_error(truth, prediction, sample_weight=weights)
        return {
            "rmse": float(np.sqrt(squared)),
            "mae": float(metrics.mean_absolute_error(truth, prediction, sample_weight=weights)),
            "r2": float(metrics.r2_score(truth, prediction, sample_weight=weights)),
        }
    if positive is None:
        positive = np.unique(np.concatenate(comparable(truth, prediction)))[-1]
    truth, prediction, (positive,) = _coded(truth, prediction, np.array([positive]))
    values = {"accuracy": float(metrics.accuracy_score(truth, prediction, sample_weight=weights))}
    if task.kind == "binary":
        f1 = metrics.f1_score(
            truth, prediction, pos_label=positive, sample_weight=weights, zero_division=0
        )
        return {**values, "f1": float(f1)}
    f1 = metrics.f1_score(
        truth, prediction, average="macro", sample_weight=weights, zero_division=0
    )
    return {**values, "f1_macro": float(f1)}


def checked(task: Task, truth: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """A target that can be compared with predictions: as many columns, numbers for numbers.

    Raises:
        TargetError: it cannot.
    """
    wanted, given = (1 if a.ndim == 1 else a.shape[1] for a in (prediction, truth))
    if wanted != given:
        raise TargetError(
            f"The target must have as many columns as in training ({wanted}); got {given}; "
            "pass the columns that the model predicts."
        )
    if task.kind == "regression" and truth.dtype.kind in "OUS":
        try:
            return truth.astype(np.float64)
        except (TypeError, ValueError):
            raise TargetError(
                "The target must hold numbers, as in training; it holds text such as "
                f"{str(truth.flat[0])!r}; pass the column that the model predicts."
            ) from None
    return truth


def comparable(truth: np.ndarray, prediction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as text where either is."""
    truth = np.asarray(truth)
    if truth.dtype.kind in "OUS" or prediction.dtype.kind in "OUS":
        return truth.astype(str), prediction.astype(str)
    return truth, prediction


def _coded(truth: np.ndarray, *others: np.ndarray) -> tuple[np.ndarray, ...]:
    """Classes as numbers from 0, which scikit-learn cannot take for measurements."""
    if truth.ndim == 2:
        return truth, *others  # labels are 0 and 1 already
    pairs = [comparable(truth, other) for other in others]
    columns = [pairs[0][0], *(other for _, other in pairs)]
    codes = np.unique(np.concatenate(columns), return_inverse=True)[1]
    return tuple(np.split(codes, np.cumsum([len(c) for c in columns])[:-1]))
