"""What FCNN does where a hyperparameter is None."""

from __future__ import annotations

from typing import Any

from ranvier.tasks import Task

# The network of the textbooks, every modern extra off.
TEXTBOOK: dict[str, Any] = {
    "hidden": (128, 64),
    "activation": "relu",
    "epochs": 100,
    "batch_size": 32,
    "learning_rate": 1e-3,
    "optimizer": "adam",
    "weight_decay": 0.0,
    "schedule": "constant",
    "label_smoothing": 0.0,
    "dropout": 0.0,
    "normalization": "none",
    "beta2": 0.999,
}

STRONG: dict[str, Any] = {
    "hidden": (256, 256, 256),
    "activation": "silu",
    "epochs": 256,
    "batch_size": 256,
    "learning_rate": 1.5e-3,
    "optimizer": "adamw",
    "weight_decay": 0.02,
    "schedule": "flat_cosine",
    "label_smoothing": 0.0,
    "dropout": 0.1,
    "normalization": "none",
    "gradient_clip": 1.0,
    "ema_decay": 0.995,
    # A shorter memory than Adam's usual 0.999, after RealMLP (Holzmueller et al. 2024).
    "beta2": 0.95,
}

MOST_STEPS = 30_000  # of the strong recipe: many rows need fewer passes
FEWEST_EPOCHS = 8


def choose(recipe: str, task: Task, rows: int) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows."""
    if recipe == "textbook":
        return dict(TEXTBOOK)
    values = dict(STRONG)
    if task.kind == "multiclass":
        values["label_smoothing"] = 0.1
    steps = -(-rows // values["batch_size"])
    values["epochs"] = max(FEWEST_EPOCHS, min(values["epochs"], MOST_STEPS // steps))
    return values
