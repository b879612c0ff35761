"""What generator and critic lower, by name, and how steep the critic may become.

With D the critic's scores of real and of made pictures, pair by pair:

| name    | the critic lowers                         | generator lowers     | slope of D          |
|---------|-------------------------------------------|----------------------|---------------------|
| r3gan   | s(D(made) - D(real))                      | s(D(real) - D(made)) | γ/2 |∇D|² at both   |
| dcgan   | s(D(made)) + s(-D(real))                  | s(-D(made))          | as it comes         |
| hinge   | max(0, 1 + D(made)) + max(0, 1 - D(real)) | -D(made)             | spectral, at most 1 |
| wgan_gp | D(made) - D(real)                         | -D(made)             | γ (|∇D| - 1)²       |

s is softplus. r3gan: Huang et al. 2024, "The GAN is dead; long live the GAN!", with the loss
of Jolicoeur-Martineau 2018 and the penalties of Mescheder et al. 2018; dcgan: Goodfellow et
al. 2014 and Radford et al. 2016; hinge: Miyato et al. 2018; wgan_gp: Gulrajani et al. 2017,
whose penalty stands at places between real and made pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Scores = Callable[[jax.Array, jax.Array], jax.Array]  # of the real and the made, (B,) each


def _relativistic(real: jax.Array, made: jax.Array) -> jax.Array:
    return jax.nn.softplus(made - real)


def _logistic(real: jax.Array, made: jax.Array) -> jax.Array:
    return jax.nn.softplus(made) + jax.nn.softplus(-real)


def _hinge(real: jax.Array, made: jax.Array) -> jax.Array:
    return jax.nn.relu(1.0 + made) + jax.nn.relu(1.0 - real)


def _distance(real: jax.Array, made: jax.Array) -> jax.Array:
    return made - real


CRITIC: dict[str, Scores] = {
    "r3gan": _relativistic,
    "dcgan": _logistic,
    "hinge": _hinge,
    "wgan_gp": _distance,
}
GENERATOR: dict[str, Scores] = {
    "r3gan": lambda real, made: _relativistic(made, real),
    "dcgan": lambda real, made: jax.nn.softplus(-made),
    "hinge": lambda real, made: -made,
    "wgan_gp": lambda real, made: -made,
}


def squared_slopes(critic: Any, pictures: jax.Array, classes: jax.Array | None) -> jax.Array:
    """|∇D|² at each picture, (B,): how fast its score changes with its pixels."""

    def total(pictures: jax.Array) -> jax.Array:
        return jnp.sum(critic(pictures, classes))

    slopes = jax.grad(total)(pictures)
    return jnp.sum(jnp.square(slopes), axis=(1, 2, 3))


def between(real: jax.Array, made: jax.Array, key: jax.Array) -> jax.Array:
    """A picture at a random place on the line between each two."""
    share = jax.random.uniform(key, (real.shape[0], 1, 1, 1), real.dtype)
    return share * real + (1.0 - share) * made
