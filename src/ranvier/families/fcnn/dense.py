"""Weighted sums and biases, in either parametrisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

Initialiser = Callable[..., jax.Array]  # of a key, a shape and a dtype
Pace = Mapping[str, Any]  # a parameter's rate and decay, where it has its own

# The NTK parametrisation: a layer of so many inputs learns at the learning rate itself.
REFERENCE_WIDTH = 256
BIAS_RATE = 1.6  # RealMLP's 0.1 times its rate of one input, the root of the reference


@dataclass(frozen=True)
class Start:
    """How a layer's weights and biases begin, and how fast they move."""

    kernel: Initialiser
    bias: Initialiser = nnx.initializers.zeros
    kernel_pace: Pace = field(default_factory=dict)
    bias_pace: Pace = field(default_factory=dict)


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
    """A layer's weighted sums and biases."""
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
