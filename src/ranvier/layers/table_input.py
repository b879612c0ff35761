"""The input layer of a table: numbers, one-hot codes and learned embeddings side by side."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.lookup import looked_up
from ranvier.specification import InputSpec

LARGEST_ONE_HOT = 10  # categories with more known values are embedded
WIDEST_EMBEDDING = 32


def embedding_width(codes: int) -> int:
    """fastai's rule of thumb for `codes` values, 1.6 n^0.56, capped."""
    rule: float = 1.6 * codes**0.56
    return min(WIDEST_EMBEDDING, max(2, round(rule)))


def is_embedded(codes: int) -> bool:
    """Whether a category of `codes` codes (code 0, unseen, included) is embedded."""
    return codes - 1 > LARGEST_ONE_HOT


def input_width(spec: InputSpec) -> int:
    """Neurons of the input layer."""
    return spec.numeric + sum(part_widths(spec))


def part_widths(spec: InputSpec) -> tuple[int, ...]:
    """Input neurons of each category, in order; they come after the numbers."""
    return tuple(embedding_width(n) if is_embedded(n) else n - 1 for n in spec.categories)


def one_hot_width(spec: InputSpec) -> int:
    """Width of `one_hot_vector`."""
    return spec.numeric + sum(codes - 1 for codes in spec.categories)


def one_hot_vector(spec: InputSpec, inputs: Mapping[str, jax.Array]) -> jax.Array:
    """All columns as one vector without parameters, float (batch, width)."""
    parts = [inputs["numeric"]] if spec.numeric else []
    dtype = parts[0].dtype if parts else jnp.float32
    for column, codes in enumerate(spec.categories):
        # Code 0 (never seen) becomes -1, which is no position: all zeros.
        parts.append(jax.nn.one_hot(inputs["categories"][:, column] - 1, codes - 1, dtype=dtype))
    return jnp.concatenate(parts, axis=1)


class TableInput(nnx.Module):
    """Turns {"numeric": (batch, F), "categories": (batch, C)} into (batch, width).

    Code 0 (never seen in training) is the zero vector of a one-hot code, and starts as the
    zero vector of an embedding.
    """

    def __init__(self, spec: InputSpec, *, rngs: nnx.Rngs) -> None:
        self.spec = spec
        self.embeddings = nnx.List(
            [Embedding(n, embedding_width(n), rngs=rngs) for n in spec.categories if is_embedded(n)]
        )

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Float (batch, width)."""
        parts = [inputs["numeric"]] if self.spec.numeric else []
        embeddings = iter(self.embeddings)
        dtype = parts[0].dtype if parts else jnp.float32
        for column, codes in enumerate(self.spec.categories):
            code = inputs["categories"][:, column]  # (batch,)
            if is_embedded(codes):
                parts.append(next(embeddings)(code))  # (batch, embedding width)
            else:
                # Code 0 becomes -1, which is no position: all zeros.
                parts.append(jax.nn.one_hot(code - 1, codes - 1, dtype=dtype))
        return parts[0] if len(parts) == 1 else jnp.concatenate(parts, axis=1)


class Embedding(nnx.Module):
    """One learned vector per code, float32 (codes, width); code 0 starts at zero."""

    def __init__(self, codes: int, width: int, *, rngs: nnx.Rngs) -> None:
        table = jax.random.normal(rngs.params(), (codes, width)) / jnp.sqrt(width)
        self.table = nnx.Param(table.at[0].set(0.0))

    def __call__(self, codes: jax.Array) -> jax.Array:
        """(batch,) int32 to (batch, width)."""
        return looked_up(self.table[...], codes)
