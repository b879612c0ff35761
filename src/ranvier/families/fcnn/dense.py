"""Weighted sums and biases, in either parametrisation, for one network or for many members."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.fcnn.members import Initialiser, Start

# The NTK parametrisation: a layer of so many inputs learns at the learning rate itself.
REFERENCE_WIDTH = 256
BIAS_RATE = 1.6  # RealMLP's 0.1 times its rate of one input, the root of the reference


def start_of(parametrization: str, n_in: int, initialiser: Initialiser) -> Start:
    """How a layer of `n_in` inputs begins; `initialiser` draws the standard one's weights.

    The NTK parametrisation (Jacot et al. 2018) divides weights of unit variance by the root of
    the layer's inputs. For Adam that is the same as the weights themselves at a rate divided by
    that root, whose decay is not divided; so the weights stay what the neuron multiplies by.
    """
    if parametrization == "standard":
        return Start(initialiser)
    return Start(
        nnx.initializers.lecun_uniform(),  # compiles faster than a normal one
        _within_one,
        {"rate": (REFERENCE_WIDTH / n_in) ** 0.5, "decay": n_in**0.5},
        {"rate": BIAS_RATE, "decay": 0.0},
    )


def dense(n_in: int, n: int, start: Start, rngs: nnx.Rngs) -> nnx.Linear:
    """Weighted sums and biases of one network."""
    return nnx.Linear(
        n_in,
        n,
        kernel_init=start.kernel,
        bias_init=start.bias,
        kernel_metadata=dict(start.kernel_pace),
        bias_metadata=dict(start.bias_pace),
        rngs=rngs,
    )


def _within_one(key: jax.Array, shape: Any, dtype: Any = jnp.float32, **_: Any) -> jax.Array:
    """Biases from -1 to 1, which puts the neurons' kinks within the data, as RealMLP's are."""
    return jax.random.uniform(key, shape, dtype, -1.0, 1.0)
