"""What goes in and is to come out again: the rows of a batch in standardised units."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.layers.lengths import is_real
from ranvier.layers.picture_input import PictureInput
from ranvier.layers.table_input import one_hot_vector


class RowInput(nnx.Module):
    """A table's numbers beside one-hot codes, a picture's pixels or a sequence's steps."""

    def __init__(self, shape: AutoencoderBuilder) -> None:
        self.spec, self.form = shape.inputs, shape.form
        self.picture = PictureInput(shape.inputs) if self.form == "picture" else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Float (batch, numbers), (batch, height, width, channels) or (batch, steps, channels)."""
        if self.picture is not None:
            return self.picture(inputs["image"])
        if self.form == "sequence":
            return inputs["steps"]
        return one_hot_vector(self.spec, inputs)


def mean_of_row(x: jax.Array, lengths: jax.Array | None) -> jax.Array:
    """(batch,): the mean over each row's numbers, those of padded steps left out."""
    if lengths is None:
        return x.reshape(x.shape[0], -1).mean(axis=1)
    x = jnp.where(is_real(x, lengths), x, 0.0)
    count = jnp.maximum(lengths, 1).astype(x.dtype) * x.shape[2]
    return x.sum(axis=(1, 2)) / count


def flat(x: jax.Array, numbers: int) -> jax.Array:
    """(batch, numbers): one row after the other, of sequences padded or cut to the longest."""
    x = x.reshape(x.shape[0], -1)
    if x.shape[1] > numbers:
        return x[:, :numbers]
    return jnp.pad(x, ((0, 0), (0, numbers - x.shape[1]))) if x.shape[1] < numbers else x


def unflat(x: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    """(batch, numbers) as rows of `shape`, whose steps may be fewer or more than were learned."""
    size = 1
    for side in shape:
        size *= side
    return flat(x, size).reshape(-1, *shape)
