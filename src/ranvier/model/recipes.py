"""What a recipe chooses for the hyperparameters that every family has."""

from __future__ import annotations

from typing import Any

from ranvier.tasks import Task

# The training of the textbooks, every modern extra off.
TEXTBOOK: dict[str, Any] = {
    "epochs": 100,
    "batch_size": 32,
    "learning_rate": 1e-3,
    "optimizer": "adam",
    "weight_decay": 0.0,
    "schedule": "constant",
    "regularization_schedule": "constant",
    "label_smoothing": 0.0,
    "beta2": 0.999,
}

STRONG: dict[str, Any] = {
    "epochs": 256,
    "batch_size": 256,
    "learning_rate": 1.5e-3,
    "optimizer": "adamw",
    "weight_decay": 0.02,
    "schedule": "cosine",
    "regularization_schedule": "constant",
    "label_smoothing": 0.0,
    "gradient_clip": 1.0,
    "ema_decay": 0.995,
    # A shorter memory than Adam's usual 0.999, after RealMLP (Holzmueller et al. 2024).
    "beta2": 0.95,
}

MOST_STEPS = 15_000  # of the strong recipe: many rows need fewer passes
FEWEST_EPOCHS = 8
SMALLEST_BATCH = 64


def common(recipe: str, task: Task, rows: int) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows."""
    if recipe == "textbook":
        return dict(TEXTBOOK)
    values = dict(STRONG)
    if task.kind == "multiclass":
        values["label_smoothing"] = 0.1
    # Few rows still need several steps an epoch, and a little noise in them.
    while values["batch_size"] > SMALLEST_BATCH and rows < 8 * values["batch_size"]:
        values["batch_size"] //= 2
    steps = -(-rows // values["batch_size"])
    values["epochs"] = max(FEWEST_EPOCHS, min(values["epochs"], MOST_STEPS // steps))
    return values
