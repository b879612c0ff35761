"""The player and the judge: rows are to come out as they went in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.families.autoencoder.codes import VariationalCode
from ranvier.families.autoencoder.network import AutoencoderNetwork
from ranvier.families.autoencoder.rows import mean_of_row
from ranvier.layers.augmentation.noise import add_noise
from ranvier.layers.hashing import uniform
from ranvier.training.learner import Batch, Context

MASK = 77  # the stream of random numbers that decide what is hidden


@dataclass(frozen=True)
class Price:
    """What the code's cost counts beside a row's mean squared error.

    Attributes:
        sparsity, beta, commitment: see the hyperparameters.
    """

    sparsity: float = 0.0
    beta: float = 1.0
    commitment: float = 0.0


@dataclass(frozen=True)
class ReconstructionLoss:
    """Mean squared error of the rows, and what their codes cost.

    While training the inputs may be disturbed; what is to come out is as it was (Vincent et al.
    2008).
    """

    price: Price
    noise: float = 0.0
    masking: float = 0.0

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and beside it the mean squared error alone."""
        inputs = batch["inputs"]
        x = network.input(inputs)
        seen = self._disturbed(x, jax.random.fold_in(context.key, 1))
        losses, errors = row_losses(
            network, self.price, x, seen, inputs.get("lengths"), jax.random.fold_in(context.key, 2)
        )
        loss = jnp.mean(losses * batch["weights"])
        return loss, {"loss": loss, "mse": jnp.mean(errors * batch["weights"])}

    def _disturbed(self, x: jax.Array, key: jax.Array) -> jax.Array:
        if self.noise:
            x = add_noise(x, self.noise, key)
        if self.masking:
            x = jnp.where(uniform(key, MASK, x.shape) < self.masking, jnp.zeros((), x.dtype), x)
        return x


@dataclass(frozen=True)
class ReconstructionJudge:
    """The same on rows as they are, whose codes are drawn by the same chance each time."""

    price: Price

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Weighted sums over the rows."""
        inputs, weights = batch["inputs"], batch["weights"]
        x = network.input(inputs)
        losses, errors = row_losses(network, self.price, x, x, inputs.get("lengths"), None)
        return {
            "weight": jnp.sum(weights),
            "loss": jnp.sum(losses * weights),
            "mse": jnp.sum(errors * weights),
        }

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """(loss, mean squared error)."""
        return jnp.stack([means["loss"], means["mse"]])


def row_losses(
    network: AutoencoderNetwork,
    price: Price,
    x: jax.Array,
    seen: jax.Array,
    lengths: jax.Array | None,
    key: jax.Array | None,
) -> tuple[jax.Array, jax.Array]:
    """Each row's loss and its mean squared error, float32 (batch,) each.

    Args:
        network: the autoencoder.
        price: of the codes.
        x: the rows (batch, ...), which are to come out.
        seen: what the encoder is given of them.
        lengths: int32 (batch,), of sequences; None where all steps are real.
        key: while training.
    """
    code, cost = network.drawn(seen, lengths, key)
    made = network.decoded(code, x.shape[1]).astype(jnp.float32)
    errors = mean_of_row(jnp.square(made - x.astype(jnp.float32)), lengths)  # (batch,)
    numbers = network.shape.numbers
    if isinstance(network.code, VariationalCode):
        losses = (-log_likelihood(network.code, errors, numbers) + price.beta * cost) / numbers
    elif network.shape.sparse:
        weighed = jnp.sum(cost * network.strength()[None], axis=1)
        losses = errors + price.sparsity * weighed / numbers
    else:
        losses = errors + price.commitment * cost
    if network.length is not None and lengths is not None:
        share = lengths.astype(jnp.float32) / network.shape.shape[0]
        losses = losses + jnp.square(network.share_of_longest(code) - share)
    return losses, errors


def log_likelihood(code: VariationalCode, errors: jax.Array, numbers: int) -> jax.Array:
    """Of rows given their codes, in nats, (batch,): normal errors of the learned variance."""
    log_variance = code.log_variance[...]  # (1,)
    constant = jnp.log(2.0 * jnp.pi) + log_variance
    return -0.5 * numbers * (constant + errors * jnp.exp(-log_variance))
