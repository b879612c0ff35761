"""What a recipe chooses for the hyperparameters of Transformer, and what it changes of all's."""

from __future__ import annotations

from typing import Any

from ranvier.families.sequential.recipes import BATCH, TRAINING, epochs_of, of_numbers, of_texts
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

TEXTS: dict[str, Any] = {"batch_size": BATCH, "learning_rate": 1e-3}

# What series want that are to be continued.
FORECASTING: dict[str, Any] = {"pooling": "last", "dropout": 0.1}

# What a model that was trained before wants.
FINE_TUNING: dict[str, Any] = {
    "batch_size": 16,
    "learning_rate": 1e-4,
    "ema_decay": 0.0,
    "dropout": 0.1,
    "pooling": "mean",
}
FINE_STEPS = 2_000
FEWEST_FINE, MOST_FINE = 3, 60  # epochs
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
        values |= TRAINING | TEXTS
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
    if pretrained:
        values |= FINE_TUNING
        batch = values["batch_size"]
        return values | {"epochs": epochs_of(rows, batch, FINE_STEPS, FEWEST_FINE, MOST_FINE)}
    if not strong:  # no token stands before numbers for the whole
        return values if texts else values | {"pooling": "mean"}
    if texts:
        return values | of_texts(rows, BATCH)
    if task.kind == "forecasting":
        values |= FORECASTING
    return values | of_numbers(task, rows)
