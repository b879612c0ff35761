"""Many networks in one: members share every weight matrix and differ in vectors of their own.

TabM (Gorishniy, Kotelnikov and Babenko 2024, "TabM: Advancing Tabular Deep Learning with
Parameter-Efficient Ensembling"), whose layers are those of BatchEnsemble (Wen, Tran and Ba 2020).
Member j computes from its own x

    ((x * r_j) W) * s_j + b_j       W shared; r_j, s_j and b_j of its own

and ends in an output layer of its own. Only the very first r tells the members apart at first:
all others, and every s, start at 1. Each member is trained by a loss of its own, and the
prediction is the mean of what the members predict.

Between the layers the members of a row lie below one another, (batch * members, width): so
every shared matrix meets all members in one product, and what stands between the layers
(normalisation, activation, dropout) sees nothing but rows.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.fcnn.dense import Initialiser, Pace, Start

# Of what belongs to one member and is no matrix, though members lie in rows: no decay.
STEADY: Pace = {"rate": 1.0, "decay": 0.0}


def signs(key: jax.Array, shape: Any, dtype: Any = jnp.float32, **_: Any) -> jax.Array:
    """-1 or 1 with equal chance, as TabM's first factors are on plain columns.

    On waves and embeddings it draws them from a normal distribution; but a factor near 0 hides
    a column from its member, and signs hide none.
    """
    return jax.random.rademacher(key, shape, dtype)


def spread(x: jax.Array, members: int) -> jax.Array:
    """Each row for every member: (batch, width) to (batch * members, width)."""
    return jnp.repeat(x, members, axis=0)


class SharedDense(nnx.Module):
    """Weighted sums with shared weights, between factors of each member, plus its biases."""

    def __init__(
        self,
        n_in: int,
        n: int,
        members: int,
        start: Start,
        *,
        factors: Initialiser,
        rngs: nnx.Rngs,
    ) -> None:
        """Make fresh weights; `factors` draws r."""
        self.members = members
        kernel = start.kernel(rngs.params(), (n_in, n), jnp.float32)
        before = factors(rngs.params(), (members, n_in), jnp.float32)
        bias = start.bias(rngs.params(), (members, n), jnp.float32)
        self.kernel = nnx.Param(kernel, **start.kernel_pace)
        self.before = nnx.Param(before, **STEADY)
        self.after = nnx.Param(jnp.ones((members, n)), **STEADY)
        self.bias = nnx.Param(bias, **{**STEADY, **start.bias_pace})

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch * members, n_in) to (batch * members, n)."""
        n_in, n = self.kernel[...].shape
        x = x.reshape(-1, self.members, n_in) * self.before[...][None]
        y = x.reshape(-1, n_in) @ self.kernel[...]  # (batch * members, n)
        y = y.reshape(-1, self.members, n) * self.after[...][None] + self.bias[...][None]
        return y.reshape(-1, n)


class Heads(nnx.Module):
    """An output layer for each member, which shares nothing."""

    def __init__(
        self, n_in: int, units: int, members: int, start: Start, *, rngs: nnx.Rngs
    ) -> None:
        self.in_features, self.out_features = n_in, units
        keys = jax.random.split(rngs.params(), members)
        kernel = jax.vmap(lambda key: start.kernel(key, (n_in, units), jnp.float32))(keys)
        bias = start.bias(rngs.params(), (members, units), jnp.float32)
        self.kernel = nnx.Param(kernel, **start.kernel_pace)  # (members, n_in, units)
        self.bias = nnx.Param(bias, **{**STEADY, **start.bias_pace})

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch * members, n_in) to (batch, members, units)."""
        x = x.reshape(-1, len(self.kernel[...]), self.in_features)
        return jnp.einsum("bmi,miu->bmu", x, self.kernel[...]) + self.bias[...][None]


class Together(nnx.Module):
    """The members' logits as they are in training; the logits of their mean in evaluation."""

    def __init__(self, activation: str) -> None:
        self.activation = activation
        self.deterministic = False

    def __call__(self, logits: jax.Array) -> jax.Array:
        """(batch, members, units); in evaluation mode (batch, units)."""
        return mean_logits(logits, self.activation) if self.deterministic else logits


def mean_logits(logits: jax.Array, activation: str) -> jax.Array:
    """Logits (batch, units) of the mean prediction of members (batch, members, units).

    Args:
        logits: of each member; computed in float32 or wider.
        activation: "softmax" and "sigmoid": the mean is that of the probabilities; "linear":
            that of the numbers.
    """
    logits = logits.astype(jnp.promote_types(logits.dtype, jnp.float32))
    if activation == "linear":
        return jnp.mean(logits, axis=1)
    if activation == "softmax":
        return _log_mean_exp(jax.nn.log_softmax(logits, axis=-1))
    # log(p / (1 - p)) of the mean p, with 1 - p as the mean of sigmoid(-logits).
    return _log_mean_exp(jax.nn.log_sigmoid(logits)) - _log_mean_exp(jax.nn.log_sigmoid(-logits))


def _log_mean_exp(x: jax.Array) -> jax.Array:
    """Over the members."""
    total: jax.Array = jax.nn.logsumexp(x, axis=1)
    return total - math.log(x.shape[1])
