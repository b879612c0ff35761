"""How super-resolution is judged while it trains: by its PSNR, beside that of cubic convolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.layers.bicubic import enlarged, reduced
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.training.learner import Batch

RANGE = 255.0
LEAST = 1e-10  # squared error of a pixel from 0 to 1: 100 dB
OWN, PLAIN = "valid_squares", "valid_squares_bicubic"


@dataclass(frozen=True)
class EnlargingJudge:
    """Absolute and squared errors of validation patches, and those of cubic convolution.

    Attributes:
        scale: how many times larger.
    """

    scale: int

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Weighted sums over the rows; pixels count as 0 to 1."""
        large, weights = batch["inputs"]["image"].astype(jnp.float32), batch["weights"]
        small = reduced(large, self.scale)
        made = jnp.clip(network.generator(small), 0.0, RANGE) - large
        plain = jnp.clip(enlarged(small, self.scale), 0.0, RANGE) - large
        return {
            "weight": jnp.sum(weights),
            "loss": jnp.sum(_of_rows(jnp.abs(made / RANGE)) * weights),
            "squares": jnp.sum(_of_rows(jnp.square(made / RANGE)) * weights),
            "squares_bicubic": jnp.sum(_of_rows(jnp.square(plain / RANGE)) * weights),
        }

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """The squared error, which is the PSNR turned round."""
        return jnp.stack([means["squares"], means["loss"]])


@dataclass(frozen=True)
class EnlargingCoder(OwnCoder):
    """Pictures that are their own target, and squared errors as people read them."""

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """With "valid_psnr" of all validation pixels, and "valid_gain" over cubic convolution."""
        if OWN not in row:
            return row
        own, plain = _decibels(row[OWN]), _decibels(row[PLAIN])
        kept = {name: value for name, value in row.items() if name not in (OWN, PLAIN)}
        return {**kept, "valid_psnr": own, "valid_gain": own - plain}


def _decibels(square: float) -> float:
    return float(-10.0 * np.log10(max(square, LEAST)))


def _of_rows(values: jax.Array) -> jax.Array:
    return values.reshape(len(values), -1).mean(axis=1)
