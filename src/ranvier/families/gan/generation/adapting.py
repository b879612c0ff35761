"""Pictures changed before the critic sees them, as often as it needs (Karras et al. 2020).

"Training Generative Adversarial Networks with Limited Data": a critic that has few pictures learns
them by heart. If all that it sees, real or made, is changed at random, it cannot; and as the
changes let gradients through, the generator learns to make what is unchanged. They are those of
Zhao et al. 2020, "Differentiable Augmentation": moved, a part hidden, brighter or darker.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

TARGET = 0.6  # how much surer of real pictures than of made ones the critic should be, at most
PICTURES = 200_000  # real pictures in which the probability may go from 0 to 1
MOST = 0.8  # above it the changes would show in what is made
SHIFT = 1 / 8  # of the side
HIDDEN = 1 / 2  # of the side
LIGHT = 0.25  # of pixels from -1 to 1


class Adaptive(nnx.Module):
    """How often pictures are changed; it follows the critic's lead.

    Attributes:
        probability: float32 (), of each change.
    """

    def __init__(self) -> None:
        self.probability = nnx.BatchStat(jnp.zeros(()))

    def follow(self, real: jax.Array, made: jax.Array) -> None:
        """More often if the critic tells these scores (B,) apart too well, else less."""
        lead = jnp.mean(jnp.sign(real - made))
        step = jnp.sign(lead - TARGET) * (real.shape[0] / PICTURES)
        later = jnp.clip(self.probability[...] + step, 0.0, MOST)
        self.probability[...] = jax.lax.stop_gradient(later)

    def __call__(self, pictures: jax.Array, key: jax.Array) -> jax.Array:
        """Pixels from -1 to 1, (B, height, width, channels), some changed."""
        return changed(pictures, self.probability[...], key)


def changed(pictures: jax.Array, probability: jax.Array, key: jax.Array) -> jax.Array:
    """Each picture moved, hidden in part and relit, each with this probability."""
    rows, height, width, _ = pictures.shape
    keys = jax.random.split(key, 3)
    chosen = jax.random.uniform(keys[0], (3, rows)) < probability
    numbers = jax.random.uniform(keys[1], (5, rows))

    def moves(number: jax.Array, side: int) -> jax.Array:
        """(B, side, side): which pixel comes to each place, none from beyond the edge."""
        most = max(1, round(SHIFT * side))
        shift = jnp.floor(number * (2 * most + 1)).astype(jnp.int32) - most
        shift = jnp.where(chosen[0], shift, 0)
        sources = jnp.arange(side)[None, :] + shift[:, None]  # (B, side)
        return jax.nn.one_hot(sources, side, dtype=pictures.dtype)

    x = jnp.einsum("bij,bjwc->biwc", moves(numbers[0], height), pictures + 1.0)
    x = jnp.einsum("bij,bhjc->bhic", moves(numbers[1], width), x) - 1.0

    def hidden(number: jax.Array, side: int) -> jax.Array:
        """(B, side), which places lie in the band."""
        middle = jnp.floor(number * side)[:, None]
        return jnp.abs(jnp.arange(side)[None, :] - middle) < HIDDEN * side / 2

    hole = hidden(numbers[2], height)[:, :, None] & hidden(numbers[3], width)[:, None, :]
    hole &= chosen[1][:, None, None]
    x = jnp.where(hole[..., None], 0.0, x)
    light = jnp.where(chosen[2], (2.0 * numbers[4] - 1.0) * LIGHT, 0.0)
    return x + light[:, None, None, None]
