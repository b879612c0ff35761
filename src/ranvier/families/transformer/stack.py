"""Equal blocks one above the other, whose arrays are stacked: a few are compiled, not each."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.transformer.attention import attend, mask_of, rotation
from ranvier.families.transformer.block import block, normalised
from ranvier.families.transformer.shape import Shape
from ranvier.layers.dropout import Dropout, dropped

UNROLLED = 4  # blocks, up to which all are compiled side by side, and there is no loop
AROUND = 2  # blocks of more, that are compiled before the loop goes round


class Weights(nnx.Module):
    """Arrays by name, and nothing that they do."""

    kernel: nnx.Param[jax.Array]
    bias: nnx.Param[jax.Array]
    scale: nnx.Param[jax.Array]

    def __init__(self, **arrays: nnx.Param[jax.Array]) -> None:
        for name, array in arrays.items():
            setattr(self, name, array)


class Stack(nnx.Module):
    """The blocks.

    Args:
        shape: of the stack.
        rank: of the low-rank pair beside each kernel (Hu et al. 2021); 0: there is none.

    Attributes:
        attention_norm, attend, merge, hidden_norm, up, down: each layer's arrays, stacked along
            the first axis.
    """

    def __init__(self, shape: Shape, *, rank: int = 0, rngs: nnx.Rngs) -> None:
        self.shape = shape
        size, inner = shape.width, shape.heads * shape.head_width
        # The sum over all halves has about the spread of one (Radford et al. 2019).
        deep = (2.0 * shape.layers) ** -0.5
        first = shape.hidden * (2 if shape.gated else 1)
        kernels = functools.partial(_kernels, shape.layers, rank, rngs)
        self.attention_norm = norms(shape, (shape.layers,))
        self.attend = kernels(size, shape.attended, shape.attend_biases)
        self.merge = kernels(inner, size, shape.biases, deep)
        self.hidden_norm = norms(shape, (shape.layers,))
        self.up = kernels(size, first, shape.biases)
        self.down = kernels(shape.hidden, size, shape.biases, deep)
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None

    def __call__(
        self,
        x: jax.Array,
        *,
        positions: jax.Array | None = None,
        lengths: jax.Array | None = None,
        documents: jax.Array | None = None,
    ) -> jax.Array:
        """(batch, steps, d) to the same.

        Args:
            x: the tokens' vectors.
            positions: int32 (steps,) or (batch, steps), for rotary ones; None: from 0.
            lengths: int32 (batch,), see `mask_of`.
            documents: int32 (batch, steps), see `mask_of`.
        """
        shape = self.shape
        if positions is None:
            positions = jnp.arange(x.shape[1], dtype=jnp.int32)
        turn = rotation(shape, positions)
        mask = mask_of(x.shape[1], lengths, documents)
        keys, rate = self._dropping()

        def mix(query: jax.Array, key: jax.Array, value: jax.Array) -> jax.Array:
            return attend(query, key, value, mask, causal=shape.causal)

        def one(x: jax.Array, layer: Any) -> tuple[jax.Array, None]:
            arrays, key = layer

            def drop(x: jax.Array, place: int) -> jax.Array:
                return dropped(x, rate, key, place)

            return block(x, arrays, shape, mix, turn, None if key is None else drop), None

        if shape.rematerialise:
            one = jax.checkpoint(one)
        # Accelerators gain nothing by it, and compile longer.
        side = shape.layers if shape.layers <= UNROLLED else AROUND
        side = side if jax.default_backend() == "cpu" else 1
        x, _ = jax.lax.scan(one, x, (self.layers(), keys), unroll=side)
        return x

    def layers(self) -> dict[str, jax.Array]:
        """All layers' arrays by name, stacked along the first axis."""
        return {
            f"{group}/{name}": getattr(getattr(self, group), name)[...]
            for group in ("attention_norm", "attend", "merge", "hidden_norm", "up", "down")
            for name in names_of(getattr(self, group))
        }

    def _dropping(self) -> tuple[jax.Array | None, Any]:
        """A key for each layer and the rate; None where nothing is silenced."""
        if self.dropout is None or self.dropout.deterministic:
            return None, None
        return jax.random.split(self.dropout.rngs(), self.shape.layers), self.dropout.rate[...]


def names_of(weights: Weights) -> list[str]:
    """The names of a group's arrays."""
    return [name for name, value in vars(weights).items() if isinstance(value, nnx.Param)]


def norms(shape: Shape, stacked: tuple[int, ...] = ()) -> Weights:
    """The arrays of a norm."""
    size = (*stacked, shape.width)
    scale = nnx.Param(jnp.ones(size), decay=0.0)
    if shape.norm == "rms" or not shape.norm_biases:
        return Weights(scale=scale)
    return Weights(scale=scale, bias=nnx.Param(jnp.zeros(size), decay=0.0))


def norm_of(x: jax.Array, weights: Weights, shape: Shape) -> jax.Array:
    """A norm that stands by itself."""
    arrays = {f"norm/{name}": getattr(weights, name)[...] for name in names_of(weights)}
    return normalised(x, arrays, "norm", shape)


def _kernels(
    layers: int,
    rank: int,
    rngs: nnx.Rngs,
    n_in: int,
    n_out: int,
    biases: bool,
    scale: float = 1.0,
) -> Weights:
    spread = scale * (0.4 / n_in) ** 0.5  # small (Nguyen and Salazar 2019)
    kernel = spread * jax.random.normal(rngs.params(), (layers, n_in, n_out))
    arrays = {"kernel": nnx.Param(kernel)}
    if biases:
        arrays["bias"] = nnx.Param(jnp.zeros((layers, n_out)), decay=0.0)
    if rank:
        pair = n_in**-0.5 * jax.random.normal(rngs.params(), (layers, n_in, rank))
        arrays["down_rank"] = nnx.Param(pair)
        arrays["up_rank"] = nnx.Param(jnp.zeros((layers, rank, n_out)))
    return Weights(**arrays)
