"""The loss of a network that forecasts, and its judge.

The pinball loss (Koenker and Bassett 1978) is least where a share q of the truth lies below: at
q = 1/2 it is half the absolute error, at the interval's ends it holds their share. Errors count
in units of each window's past, so that a large series does not drown a small one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.training.learner import Batch, Context


@dataclass(frozen=True)
class ForecastLoss:
    """Weighted mean of the three pinball losses over a batch.

    Attributes:
        coverage: share of the truth that the interval is to hold.
    """

    coverage: float

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and itself as the only metric."""
        del context
        loss = jnp.mean(window_losses(network, batch, self.coverage) * batch["weights"])
        return loss, {"loss": loss}


@dataclass(frozen=True)
class ForecastJudge:
    """The same loss on windows that validate."""

    coverage: float

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Weighted sums over the windows."""
        weights = batch["weights"]
        losses = window_losses(network, batch, self.coverage)
        return {"weight": jnp.sum(weights), "loss": jnp.sum(losses * weights)}

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """(loss, loss)."""
        return jnp.stack([means["loss"], means["loss"]])


def window_losses(network: Any, batch: Batch, coverage: float) -> jax.Array:
    """Float32 (batch,): twice the mean pinball loss over the observed steps of each window."""
    quantiles, center, spread = network.normalised(batch["inputs"])
    target = batch["target"]  # (batch, horizon)
    there = jnp.isfinite(target)
    wanted = (jnp.where(there, target, 0.0) - center) / spread
    levels = ((1.0 - coverage) / 2.0, 0.5, (1.0 + coverage) / 2.0)
    total = jnp.zeros(target.shape, jnp.float32)
    for level, said in zip(levels, quantiles, strict=True):
        off = wanted - said.astype(jnp.float32)
        total = total + jnp.maximum(level * off, (level - 1.0) * off)
    total = jnp.where(there, total, 0.0)
    return 2.0 * jnp.sum(total, axis=1) / jnp.maximum(jnp.sum(there, axis=1), 1)
