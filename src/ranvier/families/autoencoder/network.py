"""The network: an encoder, a code, a decoder, and a linear way beside both."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.codes import Coded, code_of
from ranvier.families.autoencoder.dense import DenseDecoder, DenseEncoder, last_start
from ranvier.families.autoencoder.mixture import Mixture
from ranvier.families.autoencoder.pictures import PictureDecoder, PictureEncoder
from ranvier.families.autoencoder.rows import RowInput, flat, unflat
from ranvier.families.autoencoder.sequences import SequenceDecoder, SequenceEncoder


class AutoencoderNetwork(nnx.Module):
    """Rows to codes and back.

    With a linear way the code is W x + f(x), and the row is V z + g(z). W and V begin as the
    principal components of the training rows and the last layers of f and g as zero: so the
    network begins as good as they are, and learns only what they miss.
    """

    def __init__(self, shape: AutoencoderBuilder, *, rngs: nnx.Rngs) -> None:
        self.shape = shape
        self.input = RowInput(shape)
        self.encoder, self.decoder = _halves(shape, rngs)
        width, start = self.encoder.width, last_start(shape)
        self.features = nnx.Linear(width, shape.dimensions, kernel_init=start, rngs=rngs)
        ways = shape.linear
        self.down = nnx.Linear(shape.numbers, shape.dimensions, rngs=rngs) if ways else None
        self.up = nnx.Linear(shape.dimensions, shape.numbers, rngs=rngs) if ways else None
        self.code = code_of(shape, width, rngs=rngs)
        self.length = (
            nnx.Linear(shape.dimensions, 1, rngs=rngs) if shape.uneven else None
        )  # as a share of the longest row
        self.mixture = Mixture(shape.components, shape.dimensions) if shape.components else None

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """The rows again, in standardised units: (batch, ...) as `RowInput` gives them."""
        x = self.input(inputs)
        code = self.encoded(inputs)
        return self.decoded(code, x.shape[1])

    def encoded(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """(batch, dimensions): each row's code, without chance."""
        raw, _ = self.raw(self.input(inputs), inputs.get("lengths"))
        return self.code.settled(raw)

    def drawn(self, x: jax.Array, lengths: jax.Array | None, key: jax.Array | None) -> Coded:
        """The codes of rows (batch, ...) as they are in training."""
        raw, features = self.raw(x, lengths)
        return self.code(raw, features, key)

    def raw(self, x: jax.Array, lengths: jax.Array | None) -> tuple[jax.Array, jax.Array]:
        """What the encoder makes of rows: (batch, dimensions), and features of it."""
        features = self.encoder(x, lengths)
        raw: jax.Array = self.features(features)
        if self.down is not None:
            raw = raw + self.down(flat(x, self.shape.numbers))
        return raw, features

    def decoded(self, code: jax.Array, steps: int) -> jax.Array:
        """(batch, dimensions) to rows (batch, ...); `steps`: of a sequence."""
        made = self.decoder(code, steps)
        if self.up is None:
            return made
        linear = unflat(self.up(code), self.shape.shape)
        if self.shape.form == "sequence" and steps != linear.shape[1]:
            more = max(0, steps - linear.shape[1])
            linear = jnp.pad(linear[:, :steps], ((0, 0), (0, more), (0, 0)))
        return made + linear

    def strength(self) -> jax.Array:
        """(dimensions,): how strongly each number of the code moves what reads it first."""
        kernels = [self.decoder.first] if self.up is None else [self.up.kernel, self.decoder.first]
        squares = sum(jnp.sum(jnp.square(kernel[...]), axis=1) for kernel in kernels)
        return jnp.sqrt(squares + 1e-12)  # whose slope is finite at 0

    def share_of_longest(self, code: jax.Array) -> jax.Array:
        """(batch,): how long rows of these codes are, as a share of the longest in training."""
        assert self.length is not None
        share: jax.Array = self.length(code)[:, 0]
        return share


Encoder = DenseEncoder | PictureEncoder | SequenceEncoder
Decoder = DenseDecoder | PictureDecoder | SequenceDecoder


def _halves(shape: AutoencoderBuilder, rngs: nnx.Rngs) -> tuple[Encoder, Decoder]:
    if shape.form == "sequence":
        return SequenceEncoder(shape, rngs=rngs), SequenceDecoder(shape, rngs=rngs)
    if shape.form == "picture" and shape.maps:
        return PictureEncoder(shape, rngs=rngs), PictureDecoder(shape, rngs=rngs)
    return DenseEncoder(shape, rngs=rngs), DenseDecoder(shape, rngs=rngs)
