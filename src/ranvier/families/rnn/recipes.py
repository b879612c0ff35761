"""What a recipe chooses for the hyperparameters of RNN, and what it changes of all families'."""

from __future__ import annotations

from typing import Any

from ranvier.tasks import Task

TEXTBOOK: dict[str, Any] = {
    "cell": "lstm",
    "units": (128,),
    "bidirectional": False,
    "pooling": "last",
    "hidden": (),
    "activation": "relu",
    "dropout": 0.0,
    "convolutions": (),
    "bag": False,
    "embedding": 128,
}

STRONG: dict[str, Any] = {
    "cell": "lstm",
    "units": (64,),
    "bidirectional": True,
    "pooling": "mean",
    "hidden": (),
    "activation": "relu",
    "dropout": 0.3,
    "convolutions": (64, 128, 64),
    "bag": True,
    "embedding": 128,
}

# Of the recipe that all families share, what sequences want otherwise.
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
SERIES_STEPS = 1_500  # gradient steps of a run
FEW_ROWS = 500  # that are too few to choose the best epoch by a part of them
FEWEST_EPOCHS, MOST_EPOCHS = 8, 500
# What texts want.
TEXTS: dict[str, Any] = {"pooling": "max", "units": (64,), "embedding": 64}
TEXT_STEPS = 1_500
FEWEST_TEXT_EPOCHS, MOST_TEXT_EPOCHS = 6, 60
# What series want that are to be continued.
FORECASTING: dict[str, Any] = {
    "units": (64,),
    "bidirectional": False,
    "pooling": "last",
    "dropout": 0.1,
    "activation": "gelu",
}
FORECAST_STEPS, FORECAST_EPOCHS = 2_000, 100
FORECAST_RATE, FORECAST_ROWS = 0.05, 1_000  # windows from which on the whole rate is taken

RECIPES = {"textbook": TEXTBOOK, "strong": STRONG}


def own(recipe: str, task: Task, rows: int, *, texts: bool) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows, over the common ones."""
    values = dict(RECIPES[recipe])
    if recipe != "strong":
        return values
    values |= TRAINING
    values["batch_size"] = 16 if rows < 1_000 else 32
    if task.kind == "forecasting":
        steps = -(-rows // values["batch_size"])
        values |= FORECASTING
        values["epochs"] = max(FEWEST_EPOCHS, min(FORECAST_EPOCHS, FORECAST_STEPS // steps))
        # A few windows teach a network little that the linear forecast does not know.
        values["learning_rate"] *= max(FORECAST_RATE, min(1.0, rows / FORECAST_ROWS))
    elif texts:
        steps = -(-rows // values["batch_size"])
        values |= TEXTS
        values["epochs"] = max(FEWEST_TEXT_EPOCHS, min(MOST_TEXT_EPOCHS, TEXT_STEPS // steps))
    else:
        if rows < FEW_ROWS:
            values["validation_fraction"] = 0.0
        steps = -(-rows // values["batch_size"])
        values["epochs"] = max(FEWEST_EPOCHS, min(MOST_EPOCHS, SERIES_STEPS // steps))
    return values
