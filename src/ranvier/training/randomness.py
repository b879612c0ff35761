"""Where chance comes from: (seed, purpose, step), never from what ran before.

A run that is resumed, or cut into chunks of another length, draws the same numbers.
"""

from __future__ import annotations

import jax
import numpy as np

# Each purpose has a number of its own, so that no two streams are ever the same.
INITIALISATION, TRAINING, EVALUATION = range(3)
_SHUFFLING, _SPLITTING = 101, 102


def key_for(seed: jax.Array | int, purpose: int) -> jax.Array:
    """A JAX key for one purpose of one run; `seed` may be traced."""
    return jax.random.fold_in(jax.random.key(seed), purpose)


def permutation(seed: int, epoch: int, rows: int) -> np.ndarray:
    """The order of the rows in one epoch, int64 of shape (rows,), made on the host.

    On CPU, `jax.random.permutation` costs a fifth of a small network's epoch; here it is
    nearly free.
    """
    generator = np.random.Generator(np.random.PCG64([seed, _SHUFFLING, epoch]))
    return generator.permutation(rows)


def splitting(seed: int) -> np.random.Generator:
    """The generator that chooses the validation rows."""
    return np.random.Generator(np.random.PCG64([seed, _SPLITTING]))
