"""What a recipe chooses for the hyperparameters of RNN, and what it changes of all families'."""

from __future__ import annotations

from typing import Any

from ranvier.families.sequential.recipes import TRAINING, batch_of, of_numbers, of_texts
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

# What texts want.
TEXTS: dict[str, Any] = {"pooling": "max", "units": (64,), "embedding": 64}
# What series want that are to be continued.
FORECASTING: dict[str, Any] = {
    "units": (64,),
    "bidirectional": False,
    "pooling": "last",
    "dropout": 0.1,
    "activation": "gelu",
}

RECIPES = {"textbook": TEXTBOOK, "strong": STRONG}


def own(recipe: str, task: Task, rows: int, *, texts: bool) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows, over the common ones."""
    values = dict(RECIPES[recipe])
    if recipe != "strong":
        return values
    values |= TRAINING
    if texts:
        batch = batch_of(rows)
        return values | TEXTS | {"batch_size": batch} | of_texts(rows, batch)
    if task.kind == "forecasting":
        values |= FORECASTING
    return values | of_numbers(task, rows)
