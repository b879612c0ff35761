"""The player and the judge of every supervised family: predict a target from inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.training.learner import Batch, Context
from ranvier.training.losses import LOSSES


@dataclass(frozen=True)
class SupervisedLoss:
    """Weighted mean of a loss over the batch.

    A batch holds "inputs" (a dictionary of arrays), "target" and "weights", float32 of shape
    (batch,), whose mean over an epoch's rows is 1 and which are 0 for padding.

    A network of many members gives logits (batch, members, units) in training; a row's loss is
    the mean of its members' losses.
    """

    loss: str

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and itself as the only metric."""
        logits = network(batch["inputs"]).astype(jnp.float32)  # (batch, units), or with members
        target = batch["target"] if logits.ndim == 2 else batch["target"][:, None]
        losses = row_losses(self.loss, logits, target, context.settings["label_smoothing"])
        loss = jnp.mean(losses * batch["weights"])
        return loss, {"loss": loss}


def row_losses(loss: str, logits: jax.Array, target: jax.Array, smoothing: jax.Array) -> jax.Array:
    """A loss by name for each row, (batch,): the mean over its members or pixels.

    The pixels of a target picture are uint8, from 0 to 255, which count as 0 to 1; or floats.
    """
    if loss == "squared_error" and target.dtype == jnp.uint8:
        target = target.astype(jnp.float32) / 255.0
    losses = LOSSES[loss](logits, target, smoothing)  # (batch, ...)
    return losses.reshape(losses.shape[0], -1).mean(axis=1) if losses.ndim > 1 else losses


@dataclass(frozen=True)
class SupervisedJudge:
    """Loss, and accuracy for classes, on validation rows.

    Classes are judged by their error rate, and by the loss where that ties; numbers by the
    loss alone. Of pictures, the loss and the accuracy are means over the pixels.
    """

    loss: str

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Weighted sums over the rows."""
        logits = network(batch["inputs"]).astype(jnp.float32)  # (batch, ..., units)
        target, weights = batch["target"], batch["weights"]
        losses = row_losses(self.loss, logits, target, jnp.float32(0))  # (batch,)
        sums = {"weight": jnp.sum(weights), "loss": jnp.sum(losses * weights)}
        if self.loss == "cross_entropy":
            right = jnp.argmax(logits, axis=-1) == target  # (batch, ...)
            if right.ndim > 1:
                right = right.reshape(right.shape[0], -1).mean(axis=1)
            sums["accuracy"] = jnp.sum(right * weights)
        elif self.loss == "binary_cross_entropy":
            right = jnp.mean((logits > 0) == (target > 0.5), axis=-1)
            sums["accuracy"] = jnp.sum(right * weights)
        return sums

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """(error rate, loss), or (loss, loss)."""
        first = 1.0 - means["accuracy"] if "accuracy" in means else means["loss"]
        return jnp.stack([first, means["loss"]])
