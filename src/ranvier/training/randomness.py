"""Where chance comes from: (seed, purpose, step), never from what ran before.

A run that is resumed, or cut into chunks of another length, draws the same numbers.
"""

from __future__ import annotations

import jax
import numpy as np

# Each purpose has a number of its own, so that no two streams are ever the same.
INITIALISATION, TRAINING, EVALUATION = range(3)
_SHUFFLING, _SPLITTING, _WINDOWS, _SCATTERING = 101, 102, 103, 104


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


def within_window(seed: int, epoch: int, window: int, rows: np.ndarray) -> np.ndarray:
    """These rows in the order of one window of one epoch."""
    return np.random.Generator(np.random.PCG64([seed, _WINDOWS, epoch, window])).permutation(rows)


def scattering(seed: int, *numbers: int) -> np.random.Generator:
    """The generator that shuffles rows on a disk."""
    return np.random.Generator(np.random.PCG64([seed, _SCATTERING, *numbers]))


def splitting(seed: int) -> np.random.Generator:
    """The generator that chooses the validation rows."""
    return np.random.Generator(np.random.PCG64([seed, _SPLITTING]))
