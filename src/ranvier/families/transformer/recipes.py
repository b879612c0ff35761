"""What a recipe chooses for the hyperparameters of Transformer, and what it changes of all's."""

from __future__ import annotations

from typing import Any

from ranvier.tasks import Task

# As in "Attention Is All You Need" (Vaswani et al. 2017) and BERT: norms behind the halves.
TEXTBOOK: dict[str, Any] = {
    "layers": 2,
    "width": 128,
    "heads": 4,
    "norm": "layer",
    "norm_place": "post",
    "positions": "learned",
    "activation": "relu",
    "biases": True,
    "tied": True,
    "dropout": 0.1,
    "pooling": "first",
    "bag": False,
    "tokenizer": "wordpiece",
    "vocabulary_size": 8_000,
}
STRONG: dict[str, Any] = {
    "layers": 2,
    "width": 64,
    "heads": 4,
    "norm": "rms",
    "norm_place": "pre",
    "positions": "rotary",
    "activation": "gelu",
    "biases": False,
    "tied": True,
    "dropout": 0.3,
    "pooling": "mean",
    "bag": True,
    "tokenizer": "words",
    "vocabulary_size": 30_000,
}

# Of the recipe that all families share, what transformers want otherwise.
TRAINING: dict[str, Any] = {
    "batch_size": 32,
    "learning_rate": 1e-3,
    "optimizer": "adamw",
    "weight_decay": 0.01,
    "schedule": "onecycle",
    "regularization_schedule": "constant",
    "ema_decay": 0.99,
    "beta2": 0.99,
    "gradient_clip": 1.0,
}
TEXT_STEPS = 1_500  # gradient steps of a run
FEWEST_EPOCHS, MOST_EPOCHS = 6, 60

# What sequences of numbers want, and series that are to be continued.
NUMBERS: dict[str, Any] = {"learning_rate": 2e-3}
NUMBER_STEPS = 1_500
FEW_ROWS = 500  # that are too few to choose the best epoch by a part of them
FEWEST_NUMBER_EPOCHS, MOST_NUMBER_EPOCHS = 8, 500
FORECASTING: dict[str, Any] = {"pooling": "last", "dropout": 0.1, "learning_rate": 2e-3}
FORECAST_STEPS, FORECAST_EPOCHS = 2_000, 100
FORECAST_RATE, FORECAST_ROWS = 0.05, 1_000  # windows from which on the whole rate is taken

# What a model that was trained before wants.
FINE_TUNING: dict[str, Any] = {
    "batch_size": 16,
    "learning_rate": 1e-4,
    "ema_decay": 0.0,
    "dropout": 0.1,
    "pooling": "mean",
}
FINE_EPOCHS, FINE_STEPS = 3, 2_000
LORA_RATE = 1e-3

# What a model of language wants.
LANGUAGE: dict[str, Any] = {
    "activation": "swiglu",
    "layers": 4,
    "width": 128,
    "heads": 4,
    "dropout": 0.0,
    "batch_size": 16,
    "learning_rate": 2e-3,
    "weight_decay": 0.1,
    "schedule": "onecycle",
    "ema_decay": 0.0,
    "label_smoothing": 0.0,
    "calibrate": False,
    "context": 128,
}
LANGUAGE_STEPS = 2_000
STEPS_PER_EPOCH = 200

RECIPES = {"textbook": TEXTBOOK, "strong": STRONG}


def own(recipe: str, task: Task, rows: int, *, texts: bool, pretrained: bool) -> dict[str, Any]:
    """The recipe's values for a task and a number of training rows, over the common ones."""
    values = dict(RECIPES[recipe])
    strong = recipe == "strong"
    if strong:
        values |= TRAINING
    if task.is_language:
        values |= {"calibrate": False, "epochs": LANGUAGE_STEPS // STEPS_PER_EPOCH}
        values["context"] = LANGUAGE["context"]
        values["tokenizer"] = values["vocabulary_size"] = None  # as the texts suggest
        values["steps_per_epoch"] = STEPS_PER_EPOCH
        if strong:
            values |= LANGUAGE
        if pretrained:
            values |= {**FINE_TUNING, "context": None}
        return values
    if not texts and not pretrained:
        return values | _of_numbers(task, rows, strong=strong)
    steps = -(-rows // values.get("batch_size", 32))
    if pretrained:
        values |= FINE_TUNING
        values["epochs"] = max(FINE_EPOCHS, min(MOST_EPOCHS, FINE_STEPS // steps))
    elif strong and texts:
        values["epochs"] = max(FEWEST_EPOCHS, min(MOST_EPOCHS, TEXT_STEPS // steps))
    return values


def _of_numbers(task: Task, rows: int, *, strong: bool) -> dict[str, Any]:
    """What sequences of numbers and series want otherwise than texts."""
    if not strong:
        return {"pooling": "mean"}  # no token stands before them for the whole
    batch = 16 if rows < 1_000 else 32
    steps = -(-rows // batch)
    values: dict[str, Any] = {"batch_size": batch}
    if task.kind == "forecasting":
        values |= FORECASTING
        values["epochs"] = max(FEWEST_NUMBER_EPOCHS, min(FORECAST_EPOCHS, FORECAST_STEPS // steps))
        # A few windows teach a network little that the linear forecast does not know.
        values["learning_rate"] *= max(FORECAST_RATE, min(1.0, rows / FORECAST_ROWS))
        return values
    values |= NUMBERS
    if rows < FEW_ROWS:
        values["validation_fraction"] = 0.0
    values["epochs"] = max(FEWEST_NUMBER_EPOCHS, min(MOST_NUMBER_EPOCHS, NUMBER_STEPS // steps))
    return values
