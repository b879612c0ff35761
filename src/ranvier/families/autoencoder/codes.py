"""What is asked of the code, by the kind of the autoencoder."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.autoencoder.books import Books
from ranvier.families.autoencoder.builder import AutoencoderBuilder

FIRST_THRESHOLD = -4.0  # softplus of it is 0.018 standard deviations
RATE = 20.0  # of the learning rate: it has far to go


class Coded(NamedTuple):
    """A batch's codes.

    Attributes:
        code: float (batch, dimensions), which the decoder is given.
        cost: float (batch,): what it costs beside the reconstruction, in units of its own; of a
            sparse code (batch, dimensions), yet to be weighed.
    """

    code: jax.Array
    cost: jax.Array


class Code(nnx.Module):
    """The code itself, plain: as it is, at no cost. Also that of a denoising autoencoder."""

    def __init__(self, shape: AutoencoderBuilder, width: int, *, rngs: nnx.Rngs) -> None:
        del shape, width, rngs

    def __call__(self, raw: jax.Array, features: jax.Array, key: jax.Array | None) -> Coded:
        """What the decoder is given.

        Args:
            raw: (batch, dimensions) from the encoder.
            features: (batch, width), from which it was made.
            key: while training; None afterwards.
        """
        del features, key
        return Coded(raw, jnp.zeros(raw.shape[0], raw.dtype))

    def settled(self, raw: jax.Array) -> jax.Array:
        """(batch, dimensions): the code that stands for a row, without chance."""
        return raw

    def decodable(self, code: jax.Array) -> jax.Array:
        """(batch, dimensions): any numbers as a code that the decoder knows."""
        return code


class SparseCode(Code):
    """Soft thresholds: small numbers become zero, large ones smaller by a learned amount.

    sign(a) max(|a| - t, 0), the step of Gregor and LeCun 2010, "Learning Fast Approximations of
    Sparse Coding". The cost is |code|, to be weighed by the strength of what reads each number:
    else a small code and a strong decoder would cost nothing.
    """

    def __init__(self, shape: AutoencoderBuilder, width: int, *, rngs: nnx.Rngs) -> None:
        del width, rngs
        first = jnp.full(shape.dimensions, FIRST_THRESHOLD)
        self.threshold = nnx.Param(first, rate=RATE, decay=0.0)

    def __call__(self, raw: jax.Array, features: jax.Array, key: jax.Array | None) -> Coded:
        """See `Code`."""
        del features, key
        code = self.settled(raw)
        return Coded(code, jnp.abs(code))

    def settled(self, raw: jax.Array) -> jax.Array:
        """See `Code`."""
        threshold = jax.nn.softplus(self.threshold[...]).astype(raw.dtype)[None]
        return jnp.sign(raw) * jax.nn.relu(jnp.abs(raw) - threshold)


class VariationalCode(Code):
    """Drawn about a mean, with a spread of its own for each row (Kingma and Welling 2014).

    The cost is the distance from the standard normal distribution in nats, KL(q || N(0, 1)). The
    errors of the decoder have one learned variance, so that reconstruction is in nats as well
    (Rybkin, Daniilidis and Levine 2021, "Simple and Effective VAE Training with Calibrated
    Decoders").

    Attributes:
        log_variance: float32 (1,), of the decoder's errors.
    """

    def __init__(self, shape: AutoencoderBuilder, width: int, *, rngs: nnx.Rngs) -> None:
        start = nnx.initializers.zeros
        self.spread = nnx.Linear(width, shape.dimensions, kernel_init=start, rngs=rngs)
        self.log_variance = nnx.Param(jnp.zeros(1), decay=0.0)

    def __call__(self, raw: jax.Array, features: jax.Array, key: jax.Array | None) -> Coded:
        """See `Code`; without a key the chance is the same each time."""
        logs = jnp.clip(self.spread(features).astype(jnp.float32), -20.0, 5.0)
        raw32 = raw.astype(jnp.float32)
        cost = 0.5 * jnp.sum(jnp.square(raw32) + jnp.exp(logs) - 1.0 - logs, axis=1)
        key = jax.random.key(0) if key is None else key
        chance = jax.random.normal(key, raw.shape, jnp.float32)
        code = raw32 + jnp.exp(0.5 * logs) * chance
        return Coded(code.astype(raw.dtype), cost)


class QuantisedCode(Code):
    """Pieces of the code replaced by the nearest of a book (van den Oord et al. 2017).

    The gradient goes past the replacement. The cost is the squared distance from the pieces, which
    keeps the encoder near them; the books follow by moving averages (their appendix A.1).
    """

    def __init__(self, shape: AutoencoderBuilder, width: int, *, rngs: nnx.Rngs) -> None:
        del width
        parts, codes = shape.pieces
        self.books = Books(parts, codes, shape.dimensions // parts, rngs=rngs)

    def __call__(self, raw: jax.Array, features: jax.Array, key: jax.Array | None) -> Coded:
        """See `Code`."""
        del features
        chosen = self.books.nearest(raw)
        if key is not None:
            self.books.learn(raw, chosen, key)
        pieces = jax.lax.stop_gradient(self.books.read(chosen).astype(raw.dtype))
        cost = jnp.mean(jnp.square(raw - pieces), axis=1)
        return Coded(raw + jax.lax.stop_gradient(pieces - raw), cost)

    def settled(self, raw: jax.Array) -> jax.Array:
        """See `Code`."""
        return self.books.read(self.books.nearest(raw)).astype(raw.dtype)

    def decodable(self, code: jax.Array) -> jax.Array:
        """See `Code`."""
        return self.settled(code)


def code_of(shape: AutoencoderBuilder, width: int, *, rngs: nnx.Rngs) -> Code:
    """The code of a kind, made from features of this width."""
    kind = Code
    if shape.noisy:
        kind = VariationalCode
    elif shape.sparse:
        kind = SparseCode
    elif shape.pieces:
        kind = QuantisedCode
    return kind(shape, width, rngs=rngs)
