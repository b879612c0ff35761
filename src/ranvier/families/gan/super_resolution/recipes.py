"""What a recipe chooses for super-resolution.

The generator is small beside EDSR's (Lim et al. 2017; 16 blocks of 64 filters), for two cores and a
few minutes; with more time, more `blocks` and `filters` pay.
"""

from __future__ import annotations

from typing import Any

TEXTBOOK: dict[str, Any] = {
    "optimizer": "adam",
    "schedule": "constant",
    "learning_rate": 1e-4,  # EDSR's
    "ema_decay": 0.0,
    "beta2": 0.999,
}

STRONG: dict[str, Any] = {
    "optimizer": "adam",
    "schedule": "cosine",
    "learning_rate": 1e-3,
    "ema_decay": 0.995,
    "beta2": 0.99,
}

COMMON: dict[str, Any] = {
    "filters": 32,
    "blocks": 8,
    "test_time": False,
    "batch_size": 16,
    "weight_decay": 0.0,
    "regularization_schedule": "constant",
    "gradient_clip": 0.0,
    "label_smoothing": 0.0,
    "calibrate": False,
    "dropout": 0.0,
    "validation_fraction": 0.1,
}
STEPS = 2_000  # of a run: some minutes on two cores
STEPS_PER_EPOCH = 200  # at most, so that one sees how it goes
CRITIC_FILTERS = 32


def chosen(recipe: str, rows: int, batch_size: int | None) -> dict[str, Any]:
    """The recipe's values for so many patches."""
    values = COMMON | (TEXTBOOK if recipe == "textbook" else STRONG)
    steps = min(STEPS_PER_EPOCH, -(-rows // int(batch_size or values["batch_size"])))
    return values | {"epochs": -(-STEPS // steps), "steps_per_epoch": STEPS_PER_EPOCH}
