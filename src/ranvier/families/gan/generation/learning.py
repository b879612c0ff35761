"""The two players: the critic moves, then the generator, on the same real pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.families.gan.generation.diversity import diversity
from ranvier.families.gan.generation.losses import CRITIC, GENERATOR, between, squared_slopes
from ranvier.families.gan.generation.network import Adversaries
from ranvier.training.learner import Batch, Context, Player

EVERY = 4  # the slope is penalised at one picture in so many: as right on average, and cheaper
Result = tuple[jax.Array, dict[str, jax.Array]]


@dataclass(frozen=True)
class CriticLoss:
    """How badly the critic tells real from made, and how steep it is.

    Attributes:
        loss: its name.
        gamma: weight of the slope's penalty; 0: none.
        matching: weight of telling real pictures under their own class from the same under another
            (Reed et al. 2016), by which the generator learns what makes a class; 0: none.
    """

    loss: str
    gamma: float
    matching: float

    def __call__(self, network: Any, batch: Batch, context: Context) -> Result:
        """The loss; as metrics the loss alone, the slope's penalty and the diversity."""
        real, classes, made = _pictures(network, batch, context)
        made = jax.lax.stop_gradient(made)
        varied = diversity(made, real)
        real, made = _changed(network, real, made, context)
        features = _features(network, real, made)
        scores = _scores(network, features, classes)
        if network.changes is not None:
            network.changes.follow(*scores)
        loss = _mean(CRITIC[self.loss](*scores), batch)
        if self.matching and classes is not None:
            others = _others(classes, network.critic.classes, jax.random.fold_in(context.key, 5))
            wrong = network.critic.scored(features[0], others).astype(jnp.float32)
            loss = loss + self.matching * _mean(CRITIC[self.loss](scores[0], wrong), batch)
        metrics = {"critic_loss": loss, "diversity": varied}
        if network.changes is not None:
            metrics["augmented"] = network.changes.probability[...]
        if self.gamma:
            penalty = self._penalty(network, real, made, classes, context)
            metrics["penalty"] = penalty
            loss = loss + penalty
        return loss, metrics

    def _penalty(
        self,
        network: Adversaries,
        real: jax.Array,
        made: jax.Array,
        classes: jax.Array | None,
        context: Context,
    ) -> jax.Array:
        real, made = real[::EVERY], made[::EVERY]
        some = None if classes is None else classes[::EVERY]
        if self.loss == "wgan_gp":
            places = between(real, made, jax.random.fold_in(context.key, 4))
            steepness = jnp.sqrt(squared_slopes(network.critic, places, some) + 1e-12)
            return self.gamma * jnp.mean(jnp.square(steepness - 1.0))
        pairs, twice = _paired(real, made, some)
        # The mean over both kinds is half of the sum of their means.
        return self.gamma * jnp.mean(squared_slopes(network.critic, pairs, twice))


@dataclass(frozen=True)
class GeneratorLoss:
    """How badly what is made passes for real.

    Attributes:
        loss: its name.
    """

    loss: str

    @property
    def pairs(self) -> bool:
        """Whether it also depends on real pictures."""
        return self.loss == "r3gan"

    def __call__(self, network: Any, batch: Batch, context: Context) -> Result:
        """The loss, and itself as the only metric."""
        real, classes, made = _pictures(network, batch, context)
        real, made = _changed(network, real, made, context)
        score = network.critic(made, classes)
        # Beside real ones, through which no gradient goes, so that none is computed.
        other = jax.lax.stop_gradient(network.critic(real, classes)) if self.pairs else score
        loss = _mean(GENERATOR[self.loss](other, score), batch)
        return loss, {"generator_loss": loss}


def players(loss: str, gamma: float, matching: float) -> tuple[Player, ...]:
    """Who moves in each step: with wgan_gp the critic five times (Gulrajani et al. 2017).

    With dcgan both see the same made pictures, as its usual trainings have it, which are then made
    once.
    """
    critic = Player("critic", CriticLoss(loss, gamma, matching), ("critic",))
    makes = _made_once if loss == "dcgan" else None
    generator = Player("generator", GeneratorLoss(loss), ("generator",), makes)
    return (*(critic,) * (5 if loss == "wgan_gp" else 1), generator)


def _made_once(network: Any, batch: Batch, context: Context) -> dict[str, jax.Array]:
    return {"made": _pictures(network, batch, context)[2]}


def _pictures(
    network: Adversaries, batch: Batch, context: Context
) -> tuple[jax.Array, jax.Array | None, jax.Array]:
    """The real pictures, their classes and as many made ones of those classes."""
    real = network.inside(batch["inputs"]["image"])
    classes = batch.get("target")
    if "made" in batch:
        return real, classes, batch["made"]
    noise = jax.random.normal(jax.random.fold_in(context.key, 1), (real.shape[0], network.latent))
    return real, classes, network.generator(noise.astype(real.dtype), classes)


def _changed(
    network: Adversaries, real: jax.Array, made: jax.Array, context: Context
) -> tuple[jax.Array, jax.Array]:
    """As the critic sees them."""
    if network.changes is None:
        return real, made
    return (
        network.changes(real, jax.random.fold_in(context.key, 2)),
        network.changes(made, jax.random.fold_in(context.key, 3)),
    )


def _features(
    network: Adversaries, real: jax.Array, made: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Of the real and the made, together unless the critic normalises by the batch."""
    critic = network.critic
    if critic.normalization == "batch":
        return critic.features(real), critic.features(made)
    features = critic.features(_paired(real, made, None)[0])
    pairs = features.reshape(-1, 2, features.shape[1])
    return pairs[:, 0], pairs[:, 1]


def _scores(
    network: Adversaries, features: tuple[jax.Array, jax.Array], classes: jax.Array | None
) -> tuple[jax.Array, jax.Array]:
    real, made = (network.critic.scored(part, classes).astype(jnp.float32) for part in features)
    return real, made


def _others(classes: jax.Array, count: int, key: jax.Array) -> jax.Array:
    """For each class another one, each as likely."""
    return (classes + jax.random.randint(key, classes.shape, 1, count)) % count


def _paired(
    real: jax.Array, made: jax.Array, classes: jax.Array | None
) -> tuple[jax.Array, jax.Array | None]:
    """The real and the made in turns, so that a device that has a real one has the made one too."""
    pairs = jnp.stack([real, made], axis=1).reshape(-1, *real.shape[1:])
    return pairs, None if classes is None else jnp.repeat(classes, 2)


def _mean(losses: jax.Array, batch: Batch) -> jax.Array:
    return jnp.mean(losses.astype(jnp.float32) * batch["weights"])
