"""What a recipe chooses for the hyperparameters that every family has."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ranvier.errors import HyperparameterError
from ranvier.hyperparameters import Hyperparameters
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
    "calibrate": False,
    "beta2": 0.999,
    "validation_fraction": 0.1,
}

# After RealMLP (Holzmüller, Grinsztajn and Steinwart 2024, "Better by Default"), with a moving
# average of the weights (Polyak and Juditsky 1992) and a smaller rate for numbers. What it reaches
# stands in docs/quality.md.
STRONG: dict[str, Any] = {
    "epochs": 256,
    "batch_size": 256,
    "learning_rate": 5e-3,
    "optimizer": "adamw",
    "weight_decay": 0.02,
    "schedule": "coslog",
    "regularization_schedule": "flat_cosine",
    "label_smoothing": 0.0,
    "calibrate": False,
    "gradient_clip": 0.0,
    "ema_decay": 0.995,
    "beta2": 0.95,  # a shorter memory than Adam's usual 0.999
    "validation_fraction": 0.1,
}
RATE_OF_CLASSES = 2.5e-3

MOST_STEPS = 8_000  # of the strong recipe: many rows need fewer passes
FEWEST_EPOCHS = 8
FEW_ROWS = 1_000  # so few that a tenth of them is too small to choose the best epoch by
FRACTION_OF_FEW = 0.2


def filled(settings: Hyperparameters, chosen: dict[str, Any]) -> dict[str, Any]:
    """The hyperparameters' values, with the recipe's choice where they are None.

    Raises:
        HyperparameterError: two of them contradict each other.
    """
    given = {field.name: getattr(settings, field.name) for field in fields(settings)}
    resolved = {name: chosen.get(name) if v is None else v for name, v in given.items()}
    if resolved["optimizer"] == "adam":
        if given["weight_decay"]:
            raise HyperparameterError(
                "weight_decay needs an optimizer that decays; got optimizer='adam'; "
                "use optimizer='adamw'."
            )
        resolved["weight_decay"] = 0.0
    for field in fields(settings):
        value = resolved[field.name]
        if str(field.type).startswith("int") and value is not None:
            resolved[field.name] = int(value)  # 16.0 and NumPy's 16 are 16
    return resolved | {name: value for name, value in chosen.items() if name not in given}


def common(recipe: str, task: Task, rows: int) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows."""
    if recipe == "textbook":
        return dict(TEXTBOOK)
    values = dict(STRONG)
    if task.classifies or task.stepwise:
        values["learning_rate"] = RATE_OF_CLASSES
        values["calibrate"] = True
    if task.kind in ("binary", "multiclass", "labelling"):
        values["label_smoothing"] = 0.1
    if rows < FEW_ROWS:
        values["validation_fraction"] = FRACTION_OF_FEW
    steps = -(-rows // values["batch_size"])
    values["epochs"] = max(FEWEST_EPOCHS, min(values["epochs"], MOST_STEPS // steps))
    return values
