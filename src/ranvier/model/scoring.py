"""How good predictions are, by the task's usual metrics (scikit-learn's)."""

from __future__ import annotations

import numpy as np
from sklearn import metrics

from ranvier.preprocessing.targets import TargetCoder
from ranvier.tasks import Task


def score(
    task: Task, truth: np.ndarray, prediction: np.ndarray, weights: np.ndarray | None
) -> float:
    """Accuracy for classes (all labels right, for multilabel), R² for numbers."""
    if task.classifies:
        truth, prediction = comparable(truth, prediction)
        return float(metrics.accuracy_score(truth, prediction, sample_weight=weights))
    return float(metrics.r2_score(truth, prediction, sample_weight=weights))


def evaluate(
    coder: TargetCoder, truth: np.ndarray, logits: np.ndarray, weights: np.ndarray | None
) -> dict[str, float]:
    """The task's metrics and the loss.

    Args:
        coder: the fitted target.
        truth: (N,) or (N, outputs), as the user has it.
        logits: float32 (N, units).
        weights: (N,) or None.
    """
    values = measure(coder.task, truth, coder.labels(logits), weights)
    if not coder.task.classifies:
        return values
    probabilities = np.clip(coder.probabilities(logits), 1e-7, 1.0)
    if coder.task.kind == "binary" and len(np.unique(truth)) == 2:
        positive = probabilities[:, 1]
        codes = coder.encode(truth).ravel()
        values["roc_auc"] = float(metrics.roc_auc_score(codes, positive, sample_weight=weights))
    codes = coder.encode(truth)
    if coder.task.kind == "multilabel":
        losses = -np.where(codes > 0.5, np.log(probabilities), np.log1p(1e-7 - probabilities))
        values["loss"] = float(np.average(losses.mean(axis=1), weights=weights))
    else:
        picked = probabilities[np.arange(len(codes)), codes.ravel().astype(np.intp)]
        values["loss"] = float(np.average(-np.log(picked), weights=weights))
    return values


def measure(
    task: Task, truth: np.ndarray, prediction: np.ndarray, weights: np.ndarray | None = None
) -> dict[str, float]:
    """The metrics that need predictions alone."""
    if not task.classifies:
        squared = metrics.mean_squared_error(truth, prediction, sample_weight=weights)
        return {
            "rmse": float(np.sqrt(squared)),
            "mae": float(metrics.mean_absolute_error(truth, prediction, sample_weight=weights)),
            "r2": float(metrics.r2_score(truth, prediction, sample_weight=weights)),
        }
    truth, prediction = comparable(truth, prediction)
    values = {"accuracy": float(metrics.accuracy_score(truth, prediction, sample_weight=weights))}
    if task.kind == "binary":
        positive = np.unique(np.concatenate([truth, prediction]))[-1]
        f1 = metrics.f1_score(
            truth, prediction, pos_label=positive, sample_weight=weights, zero_division=0
        )
        return {**values, "f1": float(f1)}
    f1 = metrics.f1_score(
        truth, prediction, average="macro", sample_weight=weights, zero_division=0
    )
    return {**values, "f1_macro": float(f1)}


def comparable(truth: np.ndarray, prediction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as text where either is."""
    truth = np.asarray(truth)
    if truth.dtype.kind in "OUS" or prediction.dtype.kind in "OUS":
        return truth.astype(str), prediction.astype(str)
    return truth, prediction
