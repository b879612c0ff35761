"""What a recipe chooses for the hyperparameters that only FCNN has."""

from __future__ import annotations

from typing import Any

TEXTBOOK: dict[str, Any] = {
    "hidden": (128, 64),
    "activation": "relu",
    "dropout": 0.0,
    "normalization": "none",
    "activation_rate": 0.0,
    "input_layer": "plain",
    "parametrization": "standard",
}

STRONG: dict[str, Any] = {
    "hidden": (256, 256, 256),
    "activation": "mish",
    "dropout": 0.1,
    "normalization": "none",
    "activation_rate": 0.0,
    "input_layer": "plain",
    "parametrization": "standard",
}

RECIPES = {"textbook": TEXTBOOK, "strong": STRONG}
