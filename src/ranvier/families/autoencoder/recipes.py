"""What a recipe chooses for the autoencoder, and what it changes of the common choices."""

from __future__ import annotations

from typing import Any

from ranvier.errors import HyperparameterError

TEXTBOOK: dict[str, Any] = {
    "linear": False,
    "hidden": (128, 64),
    "activation": "relu",
    "filters": (16, 32),
    "kernel_size": 3,
    "cell": "lstm",
    "state_width": 64,
    "dropout": 0.0,
}

STRONG: dict[str, Any] = {
    "linear": True,
    "hidden": (256, 256),
    "activation": "silu",
    "filters": (16, 32),
    "kernel_size": 3,
    "cell": "gru",
    "state_width": 64,
    "dropout": 0.0,
}

TRAINING: dict[str, Any] = {
    "learning_rate": 1e-3,
    "optimizer": "adamw",
    "weight_decay": 0.02,
    "schedule": "warmup",
    "regularization_schedule": "constant",
    "ema_decay": 0.99,
    "beta2": 0.99,
    "gradient_clip": 1.0,
    "calibrate": False,
}
MOST_STEPS = 8_000
WORK = 2e12  # multiplications of a run on the way forward: some minutes on two cores
MOST_EPOCHS, FEWEST_EPOCHS = 100, 8
FEW_ROWS = 4_000  # so few that steps of fewer rows pay

# What a kind changes.
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "denoising": {"noise": 0.25},
    "sparse": {"sparsity": 0.3},
    "variational": {"beta": 1.0},
    "vector_quantised": {"commitment": 0.25},
}
OWN: dict[str, Any] = {
    "noise": 0.0, "masking": 0.0, "sparsity": 0.0, "beta": 1.0, "commitment": 0.0,
}  # fmt: skip

SHARE, LEAST, MOST = 4, 2, 32  # of a row's numbers, one in so many is in its code
MOST_SPARSE = 128
ROWS_OF_COMPONENT = 10  # of the mixture: for each number of the code
MOST_COMPONENTS = 10
WIDEST_LINEAR = 1 << 22  # weights of a linear way: a code of 32 for pictures of 209 x 209 x 3


def own(recipe: str, kind: str, rows: int) -> dict[str, Any]:
    """The recipe's values for a kind and a number of training rows, over the common ones."""
    if recipe == "textbook":
        return TEXTBOOK | OWN | KINDS[kind]
    values = STRONG | TRAINING | OWN | KINDS[kind]
    values["batch_size"] = 64 if rows < FEW_ROWS else 256
    steps = -(-rows // values["batch_size"])
    values["epochs"] = max(FEWEST_EPOCHS, min(MOST_EPOCHS, MOST_STEPS // steps))
    return values


def epochs_within(epochs: int, rows: int, products: float) -> int:
    """So many epochs, or fewer where rows of so many multiplications would take too long."""
    return min(epochs, max(FEWEST_EPOCHS, int(WORK / max(1.0, rows * products))))


def dimensions_of(kind: str, numbers: int) -> int:
    """The size of a code for rows of so many numbers."""
    if kind == "sparse":  # of which few are not zero
        return max(LEAST, min(MOST_SPARSE, numbers))
    return max(min(LEAST, numbers), min(MOST, numbers // SHARE))


def pieces_of(codes: int | None, parts: int | None, dimensions: int, rows: int) -> tuple[int, int]:
    """How many parts a code has, of two numbers each if they can be, and how many pieces each.

    Raises:
        HyperparameterError: the parts do not divide the dimensions.
    """
    if parts is None:
        parts = dimensions // 2 if dimensions % 2 == 0 else dimensions
    if dimensions % parts:
        raise HyperparameterError(
            f"parts must divide dimensions={dimensions}; got {parts}: choose another number of "
            "either."
        )
    return parts, codes if codes is not None else (64 if rows < FEW_ROWS else 256)


def components_of(rows: int, dimensions: int) -> int:
    """Gaussians of the mixture for so many codes."""
    return max(1, min(MOST_COMPONENTS, rows // (ROWS_OF_COMPONENT * dimensions)))
