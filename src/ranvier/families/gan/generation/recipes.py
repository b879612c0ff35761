"""What a recipe chooses for generation, and what a loss wants."""

from __future__ import annotations

from typing import Any

COMMON: dict[str, Any] = {
    "optimizer": "adam",
    "weight_decay": 0.0,
    "regularization_schedule": "constant",
    "label_smoothing": 0.0,
    "gradient_clip": 0.0,
    "calibrate": False,
    "dropout": 0.0,
    "validation_fraction": 0.0,
    "gamma": 0.0,
    "beta1": 0.0,
    "test_time": False,
    "blocks": 0,
}

# DCGAN (Radford et al. 2016).
TEXTBOOK: dict[str, Any] = {
    "loss": "dcgan",
    "latent": 100,
    "filters": 64,
    "batch_size": 64,
    "epochs": 25,
    "learning_rate": 2e-4,
    "schedule": "constant",
    "ema_decay": 0.0,
    "beta2": 0.999,
    "augmentation": "none",
    "matching": 0.0,
}

# After R3GAN (Huang et al. 2024), for two cores: one residual block a stage.
STRONG: dict[str, Any] = {
    "loss": "r3gan",
    "latent": 64,
    "batch_size": 32,
    "learning_rate": 3e-4,
    "schedule": "constant",
    "ema_decay": 0.999,
    "beta2": 0.99,
    "matching": 1.0,
}

LOSSES: dict[str, dict[str, Any]] = {
    "r3gan": {"gamma": 1.0},
    "dcgan": {"beta1": 0.5},
    "hinge": {},
    "wgan_gp": {"gamma": 10.0, "learning_rate": 1e-4},
}

FEW_ROWS = 10_000  # that a critic may learn by heart
STEPS_OF_FEW, STEPS = 6_000, 10_000  # of a run: one minute or two for 8×8 pixels, ten for 28×28
STEPS_PER_EPOCH = 250  # at most, so that one sees how it goes


def chosen(recipe: str, loss: str | None, rows: int, batch_size: int | None) -> dict[str, Any]:
    """The recipe's values for a loss and a number of training rows."""
    values = COMMON | (TEXTBOOK if recipe == "textbook" else STRONG)
    values |= LOSSES[loss or values["loss"]]
    if recipe == "textbook":
        return values
    few = rows < FEW_ROWS
    values["filters"] = 64 if few else 32
    values["augmentation"] = "adaptive" if few else "none"
    steps = min(STEPS_PER_EPOCH, -(-rows // int(batch_size or values["batch_size"])))
    epochs = (STEPS_OF_FEW if few else STEPS) // steps
    return values | {"epochs": max(1, epochs), "steps_per_epoch": STEPS_PER_EPOCH}
