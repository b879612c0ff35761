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
    "linear_tails": False,
    "members": 1,
}

# RealMLP's (Holzmüller, Grinsztajn and Steinwart 2024), with mish for all tasks and linear tails.
STRONG: dict[str, Any] = {
    "hidden": (256, 256, 256),
    "activation": "mish",
    "dropout": 0.15,
    "normalization": "none",
    "activation_rate": 1.6,
    "input_layer": "auto",
    "parametrization": "ntk",
    "linear_tails": True,  # of numbers; a class is as sure at the clip as beyond it
    "members": 1,
}

# Fewer rows are learned by heart through waves.
FEWEST_ROWS_FOR_WAVES = 2_000

RECIPES = {"textbook": TEXTBOOK, "strong": STRONG}
