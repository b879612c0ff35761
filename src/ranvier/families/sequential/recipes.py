"""What every family of this kind wants otherwise than the recipe that all families share."""

from __future__ import annotations

from typing import Any

from ranvier.tasks import Task

TRAINING: dict[str, Any] = {
    "learning_rate": 2e-3,
    "optimizer": "adamw",
    "weight_decay": 0.01,
    "schedule": "onecycle",
    "regularization_schedule": "constant",
    "ema_decay": 0.99,
    "beta2": 0.99,
    "gradient_clip": 1.0,
}
FEW_TO_A_STEP, SMALL_BATCH, BATCH = 1_000, 16, 32  # rows: fewer than so many go in small batches

STEPS = 1_500  # gradient steps of a run
FEWEST, MOST = 8, 500  # epochs over sequences of numbers
FEWEST_TEXT, MOST_TEXT = 6, 60  # over texts
FEW_ROWS = 500  # that are too few to choose the best epoch by a part of them
FORECAST_STEPS, MOST_FORECAST = 2_000, 100
FORECAST_RATE, FORECAST_ROWS = 0.05, 1_000  # windows from which on the whole rate is taken


def batch_of(rows: int) -> int:
    """Rows of a gradient step."""
    return SMALL_BATCH if rows < FEW_TO_A_STEP else BATCH


def epochs_of(rows: int, batch: int, steps: int, fewest: int, most: int) -> int:
    """Passes over so many rows that come to about so many gradient steps."""
    return max(fewest, min(most, steps // -(-rows // batch)))


def of_texts(rows: int, batch: int) -> dict[str, Any]:
    """How long texts are learned from."""
    return {"epochs": epochs_of(rows, batch, STEPS, FEWEST_TEXT, MOST_TEXT)}


def of_numbers(task: Task, rows: int) -> dict[str, Any]:
    """How long, and how fast, sequences of numbers and series are learned from."""
    batch, rate = batch_of(rows), TRAINING["learning_rate"]
    if task.kind == "forecasting":
        # A few windows teach a network little that the linear forecast does not know.
        rate *= max(FORECAST_RATE, min(1.0, rows / FORECAST_ROWS))
        epochs = epochs_of(rows, batch, FORECAST_STEPS, FEWEST, MOST_FORECAST)
        return {"batch_size": batch, "learning_rate": rate, "epochs": epochs}
    epochs = epochs_of(rows, batch, STEPS, FEWEST, MOST)
    values = {"batch_size": batch, "learning_rate": rate, "epochs": epochs}
    return values | ({"validation_fraction": 0.0} if rows < FEW_ROWS else {})
