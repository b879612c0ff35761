"""The player and the judge of networks that see pictures: augmented while they train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.layers.augmentation import Augmentation, augment, mixup, partners
from ranvier.training.learner import Batch, Context
from ranvier.training.supervised import SupervisedJudge, row_losses


@dataclass(frozen=True)
class PictureLoss:
    """Weighted mean of a loss over a batch of augmented pictures.

    Of two pictures that were mixed, the loss is mixed in the same shares (Zhang et al. 2018).
    """

    loss: str
    augmentation: Augmentation

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and itself as the only metric."""
        inputs, target = batch["inputs"], batch["target"]
        smoothing = context.settings["label_smoothing"]
        picture = network.input(inputs["image"])
        key = jax.random.fold_in(context.key, 1)  # dropout draws from the key itself
        if target.ndim > 2:
            picture, target = augment(self.augmentation, picture, key, target)
        else:
            picture, _ = augment(self.augmentation, picture, key)
        if self.augmentation.mixup:
            picture, share = mixup(self.augmentation.mixup, picture, key)
        logits = network.above_input(picture, inputs).astype(jnp.float32)
        losses = row_losses(self.loss, logits, target, smoothing)  # (batch,)
        if self.augmentation.mixup:
            others = row_losses(self.loss, logits, partners(target), smoothing)
            losses = share * losses + (1.0 - share) * others
        loss = jnp.mean(losses * batch["weights"])
        return loss, {"loss": loss}


@dataclass(frozen=True)
class PictureJudge(SupervisedJudge):
    """`SupervisedJudge` on each picture as it is: several views are for predictions alone."""

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Weighted sums over the rows."""

        def plain(inputs: Any) -> jax.Array:
            logits: jax.Array = network.above_input(network.input(inputs["image"]), inputs)
            return logits

        return super().sums(plain, batch)
