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
    "noise": 0.0,
    "embedding": 128,
    "token_dropout": 0.0,
}

STRONG: dict[str, Any] = {
    "cell": "lstm",
    "units": (64,),
    "bidirectional": True,
    "pooling": "mean",
    "hidden": (),
    "activation": "relu",
    "dropout": 0.3,
    "convolutions": (128, 256, 128),
    "bag": True,
    "noise": 0.0,
    "embedding": 128,
    "token_dropout": 0.0,
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
SERIES_STEPS = 4_000  # gradient steps of a run
FEWEST_EPOCHS, MOST_EPOCHS = 8, 500

RECIPES = {"textbook": TEXTBOOK, "strong": STRONG}


def own(recipe: str, task: Task, rows: int, *, texts: bool) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows, over the common ones."""
    del task
    values = dict(RECIPES[recipe])
    if recipe != "strong":
        return values
    values |= TRAINING
    values["batch_size"] = 16 if rows < 1_000 else 32
    if texts:
        values |= {"pooling": "max", "units": (128,), "epochs": 8}
    else:
        steps = -(-rows // values["batch_size"])
        values["epochs"] = max(FEWEST_EPOCHS, min(MOST_EPOCHS, SERIES_STEPS // steps))
    return values
