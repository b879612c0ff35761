"""The scores, computed in one place for every competitor."""

from __future__ import annotations

import numpy as np

# The first decides; True: higher is better.
CLASSIFICATION = {"accuracy": True, "log_loss": False}
REGRESSION = {"rmse": False, "mae": False, "r2": True}
HIGHER_IS_BETTER = CLASSIFICATION | REGRESSION


def of_classes(truth: np.ndarray, chances: np.ndarray, classes: np.ndarray) -> dict[str, float]:
    """Accuracy and log loss.

    Args:
        truth: (rows,) labels.
        chances: (rows, classes) probabilities.
        classes: (classes,) the label of each column of `chances`.
    """
    place = {label: number for number, label in enumerate(classes.tolist())}
    right = np.array([place[label] for label in truth.tolist()])  # (rows,)
    chances = np.asarray(chances, np.float64)
    chances = chances / chances.sum(axis=1, keepdims=True)
    least = np.finfo(np.float64).eps  # as scikit-learn's log_loss does
    given = np.clip(chances[np.arange(len(right)), right], least, 1)
    return {
        "accuracy": float(np.mean(chances.argmax(axis=1) == right)),
        "log_loss": float(-np.log(given).mean()),
    }


def of_numbers(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Root of the mean squared error, mean absolute error, and R²; both (rows,)."""
    truth = np.asarray(truth, np.float64)
    errors = truth - np.asarray(predicted, np.float64).reshape(truth.shape)
    return {
        "rmse": float(np.sqrt(np.mean(errors**2))),
        "mae": float(np.mean(np.abs(errors))),
        "r2": float(1 - np.sum(errors**2) / np.sum((truth - truth.mean()) ** 2)),
    }
