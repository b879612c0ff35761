"""What both networks are made of."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.convolution import Convolution

SLOPE = 0.2  # of the leaky rectifier below zero (Radford et al. 2016)


def leaky(x: jax.Array) -> jax.Array:
    """The rectifier that lets a fifth through below zero."""
    return jnp.maximum(x, SLOPE * x)


class Block(nnx.Module):
    """Two convolutions of 3×3 on a bypass, whose last weights begin at zero.

    Without normalisation, a deep stack begins as a shallow one (Zhang et al. 2019, "Fixup
    Initialization"; as in Huang et al. 2024).
    """

    def __init__(self, channels: int, blocks: int, *, rngs: nnx.Rngs) -> None:
        first = nnx.initializers.variance_scaling(2.0 / blocks, "fan_in", "normal")
        self.first = Convolution(channels, channels, (3, 3), kernel_init=first, rngs=rngs)
        self.last = Convolution(
            channels,
            channels,
            (3, 3),
            use_bias=False,
            kernel_init=nnx.initializers.zeros_init(),
            rngs=rngs,
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        """(B, H, W, channels), as it came."""
        y: jax.Array = x + self.last(leaky(self.first(leaky(x))))
        return y


class Spectral(nnx.Module):
    """A layer whose weights are divided by their largest singular value (Miyato et al. 2018).

    The layer is linear and has no bias, so that its output is divided instead. The value comes
    from one step of power iteration per call in training.

    Attributes:
        bias: float32 (outputs,).
        left: float32 (outputs,), the singular vector on the side of the outputs.
    """

    def __init__(self, layer: Convolution | nnx.Linear, outputs: int, *, rngs: nnx.Rngs) -> None:
        self.layer = layer
        self.bias = nnx.Param(jnp.zeros(outputs))
        start = jax.random.normal(rngs.params(), (outputs,))
        self.left = nnx.BatchStat(_unit(start))
        self.deterministic = False

    def __call__(self, x: jax.Array) -> jax.Array:
        """What the layer makes of it, divided, and the bias."""
        weights = self.layer.kernel[...]
        matrix = weights.reshape(-1, weights.shape[-1])  # (inputs, outputs)
        fixed = jax.lax.stop_gradient(matrix)
        right = _unit(fixed @ self.left[...])
        if not self.deterministic:
            self.left[...] = _unit(right @ fixed)
        largest = right @ matrix @ self.left[...]
        y: jax.Array = self.layer(x) / largest
        return y + self.bias[...].reshape((1,) * (y.ndim - 1) + (-1,))


def _unit(vector: jax.Array) -> jax.Array:
    unit: jax.Array = vector / (jnp.linalg.norm(vector) + 1e-12)
    return unit
