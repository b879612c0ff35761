"""A tiny adversarial pair: a generator with batch normalisation against a discriminator."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ranvier.training.learner import Batch, Context, Learner, Player

NOISE = 4
MEAN = (1.5, -2.0)


class Generator(nnx.Module):
    """Noise to points of the plane."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first = nnx.Linear(NOISE, 16, rngs=rngs)
        self.norm = nnx.BatchNorm(16, momentum=0.9, rngs=rngs)
        self.last = nnx.Linear(16, 2, rngs=rngs)

    def __call__(self, noise: jax.Array) -> jax.Array:
        return self.last(jax.nn.relu(self.norm(self.first(noise))))


class Discriminator(nnx.Module):
    """Points of the plane to a logit: real or made."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first = nnx.Linear(2, 16, rngs=rngs)
        self.last = nnx.Linear(16, 1, rngs=rngs)

    def __call__(self, points: jax.Array) -> jax.Array:
        return self.last(jax.nn.leaky_relu(self.first(points)))


class Pair(nnx.Module):
    """Both."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.generator = Generator(rngs)
        self.discriminator = Discriminator(rngs)


def build(rngs: nnx.Rngs) -> Pair:
    return Pair(rngs)


def noise(batch: Batch, context: Context) -> jax.Array:
    rows = batch["inputs"]["points"].shape[0]
    return jax.random.normal(context.key, (rows, NOISE))


def discriminate(network: Any, batch: Batch, context: Context) -> tuple[jax.Array, dict[str, Any]]:
    made = network.generator(noise(batch, context))
    real = network.discriminator(batch["inputs"]["points"])
    loss = jnp.mean(jax.nn.softplus(-real)) + jnp.mean(jax.nn.softplus(network.discriminator(made)))
    return loss, {"discriminator_loss": loss}


def generate(network: Any, batch: Batch, context: Context) -> tuple[jax.Array, dict[str, Any]]:
    made = network.generator(noise(batch, context))
    loss = jnp.mean(jax.nn.softplus(-network.discriminator(made)))
    return loss, {"generator_loss": loss}


PLAYERS = (
    Player("discriminator", discriminate, ("discriminator",)),
    Player("generator", generate, ("generator",)),
)


def learner(**choices: Any) -> Learner:
    return Learner(build, PLAYERS, **choices)


def points(rows: int) -> np.ndarray:
    """float32 (rows, 2) around MEAN."""
    return (np.random.default_rng(0).normal(size=(rows, 2)) * 0.5 + MEAN).astype(np.float32)


def numbers(**changed: Any) -> dict[str, Any]:
    """A run's settings."""
    values = {
        "seed": 0, "patience": 2**30, "total_steps": 100, "steps_per_epoch": 1,
        "learning_rate": 5e-3, "momentum": 0.0, "beta2": 0.99, "weight_decay": 0.0,
        "dropout": 0.0, "label_smoothing": 0.0, "gradient_clip": 1.0, "ema_decay": 0.9,
    } | changed  # fmt: skip
    kinds = {"seed": np.uint32, "patience": np.int32}
    return {name: kinds.get(name, np.float32)(value) for name, value in values.items()}
