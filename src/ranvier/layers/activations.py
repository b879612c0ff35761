"""What a neuron does to its weighted sum, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.marking import marked

Activation = Callable[[jax.Array], jax.Array]

_FUNCTIONS: dict[str, Activation] = {
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "leaky_relu": jax.nn.leaky_relu,  # Maas et al. 2013
    "elu": jax.nn.elu,  # Clevert et al. 2016
    "selu": jax.nn.selu,  # Klambauer et al. 2017
    "gelu": jax.nn.gelu,  # Hendrycks and Gimpel 2016, tanh form
    "silu": jax.nn.silu,  # Elfwing et al. 2018; also called swish
    "mish": jax.nn.mish,  # Misra 2020
    "softplus": jax.nn.softplus,
    "softsign": jax.nn.soft_sign,
    "hard_swish": jax.nn.hard_swish,  # Howard et al. 2019
}
# Of what has settings, what they are here.
_SETTINGS: dict[str, dict[str, Any]] = {
    "leaky_relu": {"slope": 0.01},
    "gelu": {"approximate": True},
}


def _named(name: str) -> Activation:
    def activation(x: jax.Array) -> jax.Array:
        y: jax.Array = marked(name, _FUNCTIONS[name], x, **_SETTINGS.get(name, {}))
        return y

    return activation


ACTIVATIONS: dict[str, Activation] = {name: _named(name) for name in _FUNCTIONS}


def kernel_initialiser(activation: str) -> jax.nn.initializers.Initializer:
    """Weights that keep the signal's variance through a layer with this activation.

    Glorot and Bengio 2010 for functions that saturate, LeCun 1998 for SELU, He et al. 2015
    for the relatives of ReLU.
    """
    if activation in ("sigmoid", "tanh", "softsign"):
        return nnx.initializers.glorot_uniform()
    if activation == "selu":
        return nnx.initializers.lecun_normal()
    return nnx.initializers.he_normal()


class ParametricActivation(nnx.Module):
    """How much of its activation each neuron uses: x + a (f(x) - x), with a learned, 1 at first.

    After RealMLP (Holzmüller, Grinsztajn and Steinwart 2024).
    """

    def __init__(self, width: int, rate: float) -> None:
        self.amount = nnx.Param(jnp.ones(width), rate=rate, decay=1.0)

    def __call__(self, x: jax.Array, activated: jax.Array) -> jax.Array:
        """Between `x` and `activated`, both (batch, width)."""
        return x + self.amount[...][None] * (activated - x)
