"""Attention: what each token takes from the others (Vaswani et al. 2017)."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.transformer.shape import RotaryScaling, Shape
from ranvier.layers.marking import is_plain
from ranvier.layers.softmax import softmax

HIDDEN = -1e30  # the score of what is not seen
Rotation = tuple[jax.Array, jax.Array]  # cosines and sines, float32 (..., steps, 1, D)


def mask_of(
    steps: int,
    lengths: jax.Array | None = None,
    documents: jax.Array | None = None,
    *,
    causal: bool = False,
) -> jax.Array | None:
    """Which tokens each sees: bool (batch or 1, 1, steps or 1, steps), by query and key.

    Args:
        steps: tokens of a row.
        lengths: int32 (batch,): how many of each row are real; None: all.
        documents: int32 (batch, steps): a token sees those of its own number only; None: all.
        causal: whether none is seen that comes later.

    Returns:
        None where each sees all.
    """
    mask = earlier(steps, steps) if causal else None
    if lengths is not None:
        places = jax.lax.broadcasted_iota(jnp.int32, (1, 1, 1, steps), 3)
        real = places < lengths[:, None, None, None]  # (batch, 1, 1, steps)
        mask = real if mask is None else mask & real
    if documents is not None:
        same = documents[:, None, :, None] == documents[:, None, None, :]
        mask = same if mask is None else mask & same
    return mask


def earlier(steps: int, others: int) -> jax.Array:
    """Bool (1, 1, steps, others): whether a key comes no later than a query."""
    places = jax.lax.broadcasted_iota(jnp.int32, (1, 1, steps, others), 2)
    return jax.lax.broadcasted_iota(jnp.int32, (1, 1, steps, others), 3) <= places


def attend(
    query: jax.Array,
    key: jax.Array,
    value: jax.Array,
    mask: jax.Array | None,
    *,
    causal: bool = False,
) -> jax.Array:
    """What each query takes from the values.

    Args:
        query: (batch, steps, H, D).
        key: (batch, others, K, D); each serves H / K heads.
        value: (batch, others, K, D).
        mask: bool, broadcast to (batch, H, steps, others); None: all are seen.
        causal: whether none is seen that comes later, beside what the mask hides.

    Returns:
        (batch, steps, H, D). A query that sees nothing gets some mean of the values.
    """
    if jax.default_backend() == "cpu" or is_plain():
        return _by_products(query, key, value, mask, causal)
    # cuDNN's fused attention knows half precision and heads of a multiple of eight numbers.
    halved = query.dtype in (jnp.bfloat16, jnp.float16) and query.shape[3] % 8 == 0
    fused: Literal["cudnn"] | None = "cudnn" if jax.default_backend() == "gpu" and halved else None
    return jax.nn.dot_product_attention(
        query, key, value, mask=mask, is_causal=causal, implementation=fused
    )


def _by_products(
    query: jax.Array, key: jax.Array, value: jax.Array, mask: jax.Array | None, causal: bool
) -> jax.Array:
    """The same by two products for each head, which XLA does faster on CPU than its own form."""
    batch, steps, heads, size = query.shape
    others, keys = key.shape[1], key.shape[2]
    query = query.transpose(0, 2, 1, 3) * size**-0.5  # (batch, H, steps, D)
    # The heads that share keys stand below one another.
    query = query.reshape(batch, keys, heads // keys * steps, size)
    scores = query @ key.transpose(0, 2, 3, 1)  # (batch, K, H / K * steps, others)
    scores = scores.reshape(batch, heads, steps, others)
    if causal:
        before = earlier(steps, others)
        mask = before if mask is None else mask & before
    if mask is not None:
        scores = jnp.where(mask, scores, jnp.asarray(HIDDEN, scores.dtype))
    weights = softmax(scores.astype(jnp.float32)).astype(query.dtype)
    weights = weights.reshape(batch, keys, heads // keys * steps, others)
    taken = weights @ value.transpose(0, 2, 1, 3)  # (batch, K, H / K * steps, D)
    return taken.reshape(batch, heads, steps, size).transpose(0, 2, 1, 3)


def attention_weights(query: jax.Array, key: jax.Array, mask: jax.Array | None) -> jax.Array:
    """How much each query takes of each value: (batch, H, steps, others), rows of sum 1."""
    groups = query.shape[2] // key.shape[2]
    key = jnp.repeat(key, groups, axis=2)  # (batch, others, H, D)
    scores = jnp.einsum("bthd,bshd->bhts", query, key) / np.sqrt(query.shape[3])
    if mask is not None:
        scores = jnp.where(mask, scores, HIDDEN)
    return jax.nn.softmax(scores, axis=-1)


def rotation(shape: Shape, positions: jax.Array) -> Rotation | None:
    """The turns of some positions; None where the shape has no rotary positions.

    Args:
        shape: of the stack.
        positions: int32 (..., steps).
    """
    if shape.positions != "rotary":
        return None
    speeds = rotary_speeds(shape)  # (D / 2,)
    both = np.concatenate([speeds, speeds]).reshape((1,) * positions.ndim + (-1,))
    angles = positions[..., None].astype(jnp.float32) * both
    angles = angles[..., None, :]  # (..., steps, 1, D)
    return jnp.cos(angles), jnp.sin(angles)


def rotary_speeds(shape: Shape) -> np.ndarray:
    """Radians a position by which each pair of numbers turns, float32 (D / 2,)."""
    exponents = np.arange(0, shape.head_width, 2, dtype=np.float32) / shape.head_width
    speeds = (1.0 / shape.rotary_base**exponents).astype(np.float32)
    if shape.rotary_scaling is None:
        return speeds
    return _scaled(speeds, shape.rotary_scaling)


def _scaled(speeds: np.ndarray, scaling: RotaryScaling) -> np.ndarray:
    turns = scaling.length * speeds / (2 * np.pi)  # within the length of training
    fade = np.clip((turns - scaling.low) / (scaling.high - scaling.low), 0.0, 1.0)
    return (speeds * (fade + (1.0 - fade) / scaling.factor)).astype(np.float32)


def rotated(x: jax.Array, rotation: Rotation | None) -> jax.Array:
    """Heads (batch, steps, heads, D) turned by their positions; halves make the pairs."""
    if rotation is None:
        return x
    cosine, sine = (part.astype(x.dtype) for part in rotation)
    if cosine.ndim < x.ndim:
        cosine, sine = cosine[None], sine[None]
    first, second = jnp.split(x, 2, axis=-1)
    turned = jnp.concatenate([-second, first], axis=-1)
    return x * cosine + turned * sine
