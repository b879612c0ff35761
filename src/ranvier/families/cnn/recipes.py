"""What a recipe chooses for the hyperparameters that only CNN has, and what it changes of others'.

The strong one starts from airbench's choices (Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a
single GPU") and keeps what pays on small pictures and few cores.
"""

from __future__ import annotations

from typing import Any

from ranvier.tasks import Task

TEXTBOOK: dict[str, Any] = {
    "filters": (32, 64),
    "depth": 1,
    "residual": False,
    "stem": "none",
    "pooling": "max",
    "normalization": "none",
    "activation": "relu",
    "global_pooling": "none",
    "hidden": (128,),
    "dropout": 0.0,
    "augmentation": "none",
    "test_time": False,
}

STRONG: dict[str, Any] = {
    "filters": (32, 64, 128),
    "depth": 2,
    "residual": False,
    "stem": "none",
    "pooling": "max",
    "normalization": "batch",
    "activation": "gelu",
    "global_pooling": "max",
    "hidden": (),
    "dropout": 0.0,
    "augmentation": "auto",
    "test_time": True,
}

# Of the recipe that all families share, what pictures want otherwise.
TRAINING: dict[str, Any] = {
    "learning_rate": 4e-3,
    "optimizer": "adamw",
    "weight_decay": 0.02,
    "schedule": "onecycle",
    "regularization_schedule": "constant",
    "ema_decay": 0.99,
    "beta2": 0.99,
    "gradient_clip": 0.0,
}
WORK = 6e12  # multiplications of a run on the way forward: some minutes on two cores
FEWEST_EPOCHS, MOST_EPOCHS = 8, 128
U_NET: dict[str, Any] = {"filters": (16, 32, 64), "depth": 2, "stem": "none", "test_time": False}


def epochs_of(rows: int, products: float) -> int:
    """The passes of the strong recipe over rows of so many multiplications each."""
    return max(FEWEST_EPOCHS, min(MOST_EPOCHS, int(WORK / max(1.0, rows * products))))


RECIPES = {"textbook": TEXTBOOK, "strong": STRONG}


def own(recipe: str, task: Task, rows: int) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows, over the common ones."""
    values = dict(RECIPES[recipe])
    if recipe == "strong":
        values |= TRAINING
        values["batch_size"] = 32 if rows < 4_000 else 64
    if task.pixelwise:
        values |= U_NET
        values |= {"calibrate": False, "dropout": 0.0}
    return values
