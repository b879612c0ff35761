"""The books of a vector-quantised code: which pieces there are, and how they are learned."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.lookup import looked_up

DECAY = 0.99  # of the moving averages
FEWEST = 0.05  # of the uses that a piece would have if all were used alike: below it, it is dead


class Books(nnx.Module):
    """One book for each part of the code.

    Attributes:
        pieces: float32 (parts, codes, width).
        uses: float32 (parts, codes): how many rows of a batch use each, a moving average.
        sums: float32 (parts, codes, width): the sum of what they stand for, likewise.
    """

    def __init__(self, parts: int, codes: int, width: int, *, rngs: nnx.Rngs) -> None:
        first = jax.random.normal(rngs.params(), (parts, codes, width))
        self.pieces = nnx.BatchStat(first)
        self.uses = nnx.BatchStat(jnp.zeros((parts, codes)))
        self.sums = nnx.BatchStat(jnp.zeros((parts, codes, width)))

    def nearest(self, raw: jax.Array) -> jax.Array:
        """(batch, dimensions) to int32 (batch, parts): the number of the nearest piece."""
        x, pieces = self._parted(raw), self.pieces[...]
        # |x - p|² less |x|², which is the same for all
        far = jnp.sum(jnp.square(pieces), axis=-1)[None] - 2.0 * jnp.einsum(
            "bpw,pcw->bpc", x, pieces
        )
        return jnp.argmin(far, axis=-1).astype(jnp.int32)

    def read(self, chosen: jax.Array) -> jax.Array:
        """Int32 (batch, parts) to float32 (batch, dimensions)."""
        parts, codes, width = self.pieces[...].shape
        places = chosen + jnp.arange(parts, dtype=chosen.dtype)[None] * codes
        pieces = looked_up(self.pieces[...].reshape(parts * codes, width), places)
        return pieces.reshape(chosen.shape[0], parts * width)

    def learn(self, raw: jax.Array, chosen: jax.Array, key: jax.Array) -> None:
        """Move each piece to the mean of what it stood for; dead ones begin anew at some row."""
        x = jax.lax.stop_gradient(self._parted(raw))
        codes = self.uses[...].shape[1]
        one_hot = jax.nn.one_hot(chosen, codes)  # (batch, parts, codes)
        uses = DECAY * self.uses[...] + (1 - DECAY) * one_hot.sum(axis=0)
        added = jnp.einsum("bpc,bpw->pcw", one_hot, x)
        sums = DECAY * self.sums[...] + (1 - DECAY) * added
        usual = x.shape[0] / codes
        dead = (uses < FEWEST * usual)[..., None]
        rows = jax.random.randint(key, uses.shape, 0, x.shape[0])
        fresh = x[rows, jnp.arange(x.shape[1])[:, None]]  # (parts, codes, width)
        uses = jnp.where(dead[..., 0], usual, uses)
        self.uses[...] = uses
        self.sums[...] = jnp.where(dead, fresh * usual, sums)
        self.pieces[...] = self.sums[...] / uses[..., None]

    def _parted(self, raw: jax.Array) -> jax.Array:
        """(batch, dimensions) to float32 (batch, parts, width)."""
        parts, _, width = self.pieces[...].shape
        return raw.astype(jnp.float32).reshape(-1, parts, width)
