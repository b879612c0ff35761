"""How super-resolution is learned: by the absolute error, and then, if asked, against a critic.

The error alone (L1, Lim et al. 2017) gives the highest PSNR, and soft pictures: where several
details are possible, their mean. Against a critic (Ledig et al. 2017, "Photo-Realistic Single Image
Super-Resolution Using a Generative Adversarial Network") they become sharp, and less true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.families.gan.super_resolution.network import HALF
from ranvier.layers.bicubic import enlarged, reduced
from ranvier.training.learner import Batch, Context

RANGE = 255.0
BEGINS = 0.6  # share of the run after which the critic joins
RISES = 0.1  # share in which its weight comes in
STEP = 0.02  # of the noise by which the slope of the critic is measured, of pixels from -1 to 1
GAMMA = 0.1  # weight of that slope


@dataclass(frozen=True)
class AbsoluteError:
    """Mean absolute error of patches made smaller and larger again; pixels count as 0 to 1.

    Each patch is turned and mirrored at random.

    Attributes:
        scale: how many times smaller.
    """

    scale: int

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and itself as the only metric."""
        large = turned(batch["inputs"]["image"], context.key)
        made = network.generator(reduced(large, self.scale))
        loss = _mean(jnp.abs(made - large) / RANGE, batch["weights"])
        return loss, {"loss": loss}


@dataclass(frozen=True)
class SharpError:
    """`AbsoluteError` and, late in the run, how much less real the patches look than real ones.

    Attributes:
        scale: how many times smaller.
        sharpness: weight of the critic.
    """

    scale: int
    sharpness: float

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and the absolute error as the metric."""
        large = turned(batch["inputs"]["image"], context.key)
        small = reduced(large, self.scale)
        made = network.generator(small)
        error = _mean(jnp.abs(made - large) / RANGE, batch["weights"])
        weight = self.sharpness * risen(context.progress)

        def fooled(made: jax.Array) -> jax.Array:
            given = enlarged(small, self.scale)
            lead = network.critic(large, given) - network.critic(made, given)
            return _mean(jax.nn.softplus(lead), batch["weights"])

        apart = jax.lax.cond(weight > 0, fooled, lambda made: jnp.float32(0), made)
        return error + weight * apart, {"loss": error}


@dataclass(frozen=True)
class CriticLoss:
    """How badly the critic tells real patches from made ones, pair by pair.

    Relativistic, with its slope held small at both (R1 and R2, Huang et al. 2024, "The GAN is dead;
    long live the GAN!"); the slope is measured by a little noise (Lin et al. 2025, "Diffusion
    Adversarial Post-Training for One-Step Video Generation").

    Attributes:
        scale: how many times smaller.
    """

    scale: int

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and itself as the metric; both 0 until the critic joins."""
        turning, drawing = jax.random.split(context.key)
        large = turned(batch["inputs"]["image"], turning)
        weights = batch["weights"]

        def judged(large: jax.Array) -> jax.Array:
            small = reduced(large, self.scale)
            given = enlarged(small, self.scale)
            made = jax.lax.stop_gradient(network.generator(small))
            noise = STEP * HALF * jax.random.normal(drawing, large.shape)
            real, false = network.critic(large, given), network.critic(made, given)
            slope_real = (network.critic(large + noise, given) - real) / STEP
            slope_false = (network.critic(made + noise, given) - false) / STEP
            slopes = jnp.square(slope_real) + jnp.square(slope_false)
            return _mean(jax.nn.softplus(false - real) + 0.5 * GAMMA * slopes, weights)

        joins = context.progress >= BEGINS - RISES
        loss = jax.lax.cond(joins, judged, lambda large: jnp.float32(0), large)
        return loss, {"critic_loss": loss}


def turned(picture: jax.Array, key: jax.Array) -> jax.Array:
    """Each of the square (B, H, H, C) in one of its eight symmetries, float32."""
    picture = picture.astype(jnp.float32)
    for number, change in enumerate((_upside_down, _mirrored, _transposed)):
        draws = jax.random.bernoulli(jax.random.fold_in(key, number), 0.5, (len(picture), 1, 1, 1))
        picture = jnp.where(draws, change(picture), picture)
    return picture


def risen(progress: jax.Array) -> jax.Array:
    """From 0 at `BEGINS` of the run to 1."""
    return jnp.clip((progress - BEGINS) / RISES, 0.0, 1.0)


def _upside_down(x: jax.Array) -> jax.Array:
    return x[:, ::-1]


def _mirrored(x: jax.Array) -> jax.Array:
    return x[:, :, ::-1]


def _transposed(x: jax.Array) -> jax.Array:
    return x.swapaxes(1, 2)


def _mean(values: jax.Array, weights: jax.Array) -> jax.Array:
    return jnp.mean(values.reshape(len(values), -1).mean(axis=1) * weights)
