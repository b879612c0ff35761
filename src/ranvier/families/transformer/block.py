"""One block of the stack, as functions of one layer's arrays.

A layer's arrays stand in a dictionary by their names: "attend/kernel", "hidden_norm/scale", ... The
training pass, generation with a cache and the attention maps all call these functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp

from ranvier.families.transformer.attention import Rotation, rotated
from ranvier.families.transformer.shape import Shape
from ranvier.layers.activations import ACTIVATIONS
from ranvier.layers.gelu import gelu
from ranvier.layers.marking import marked

Layer = Mapping[str, jax.Array]
Heads = tuple[jax.Array, jax.Array, jax.Array]  # query, key, value
Mix = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]
Drop = Callable[[jax.Array, int], jax.Array]  # the second: which of a block's two places

LORA = 2.0  # how much the product of a low-rank pair counts: alpha / rank of Hu et al. 2021


def block(x: jax.Array, layer: Layer, shape: Shape, mix: Mix, turn: Rotation | None,
          drop: Drop | None = None) -> jax.Array:  # fmt: skip
    """(batch, steps, d) to the same.

    Args:
        x: what enters.
        layer: the layer's arrays.
        shape: of the stack.
        mix: from queries, keys and values to what the tokens take, (batch, steps, H, D).
        turn: of the tokens' positions, see `rotation`.
        drop: what silences some of a half's numbers; None: nothing.
    """
    drop = drop or (lambda x, place: x)
    if shape.norm_place == "pre":
        taken = attention_half(
            normalised(x, layer, "attention_norm", shape), layer, shape, mix, turn
        )
        x = x + drop(taken, 0)
        return x + drop(dense_half(normalised(x, layer, "hidden_norm", shape), layer, shape), 1)
    x = x + drop(attention_half(x, layer, shape, mix, turn), 0)
    x = normalised(x, layer, "attention_norm", shape)
    x = x + drop(dense_half(x, layer, shape), 1)
    return normalised(x, layer, "hidden_norm", shape)


def attention_half(
    x: jax.Array, layer: Layer, shape: Shape, mix: Mix, turn: Rotation | None
) -> jax.Array:
    """What the tokens take from each other, (batch, steps, d)."""
    taken = mix(*heads_of(x, layer, shape, turn))
    flat = taken.reshape(*taken.shape[:2], shape.heads * shape.head_width)
    return product(flat, layer, "merge")


def heads_of(x: jax.Array, layer: Layer, shape: Shape, turn: Rotation | None) -> Heads:
    """Queries (batch, steps, H, D), keys and values (batch, steps, K, D)."""
    wide = product(x, layer, "attend")
    wide = wide.reshape(*wide.shape[:2], -1, shape.head_width)  # (batch, steps, H + 2 K, D)
    query, key, value = jnp.split(wide, (shape.heads, shape.heads + shape.key_heads), axis=2)
    return rotated(query, turn), rotated(key, turn), value


def dense_half(x: jax.Array, layer: Layer, shape: Shape) -> jax.Array:
    """Two dense layers, at each token by itself: (batch, steps, d)."""
    flat = x.reshape(-1, x.shape[-1])  # (batch * steps, d)
    inner = activated(product(flat, layer, "up"), shape)
    return product(inner, layer, "down").reshape(x.shape)


def activated(x: jax.Array, shape: Shape) -> jax.Array:
    """The first dense layer's numbers behind their activation, (..., F)."""
    if shape.activation == "swiglu":
        gate, value = jnp.split(x, 2, axis=-1)
        return jax.nn.silu(gate) * value
    if shape.activation == "gelu":
        return gelu(x)
    if shape.activation == "gelu_tanh":
        return ACTIVATIONS["gelu"](x)
    return jax.nn.relu(x) if shape.activation == "relu" else jax.nn.silu(x)


def product(x: jax.Array, layer: Layer, name: str) -> jax.Array:
    """A dense layer by its name, with its low-rank pair where it has one (Hu et al. 2021).

    As a product of matrices: after one of three axes XLA takes twice as long for what follows.
    """
    if x.ndim > 2:
        flat = product(x.reshape(-1, x.shape[-1]), layer, name)
        return flat.reshape(*x.shape[:-1], flat.shape[-1])
    y = x @ layer[f"{name}/kernel"]
    if f"{name}/down_rank" in layer:
        low = (x @ layer[f"{name}/down_rank"]) @ layer[f"{name}/up_rank"]
        y = y + LORA * low
    return y + row(layer[f"{name}/bias"], y) if f"{name}/bias" in layer else y


def row(vector: jax.Array, x: jax.Array) -> jax.Array:
    """(n,) as it stands beside (..., n)."""
    return vector.reshape((1,) * (x.ndim - 1) + vector.shape)


def normalised(x: jax.Array, layer: Layer, name: str, shape: Shape) -> jax.Array:
    """A norm by its name, over the last axis, in float32."""

    def norm(x: jax.Array, scale: jax.Array, bias: jax.Array | None = None) -> jax.Array:
        wide = x.astype(jnp.float32)
        if shape.norm == "layer":
            wide = wide - jnp.mean(wide, axis=-1, keepdims=True)
        square = jnp.mean(jnp.square(wide), axis=-1, keepdims=True)
        y = (wide * jax.lax.rsqrt(square + shape.epsilon)).astype(x.dtype)
        y = y * row(scale, y)
        return y if bias is None else y + row(bias, y)

    weights = [layer[path] for path in (f"{name}/scale", f"{name}/bias") if path in layer]
    kind = "layer_normalization" if shape.norm == "layer" else "rms_normalization"
    y: jax.Array = marked(kind, norm, x, *weights, epsilon=shape.epsilon)
    return y
