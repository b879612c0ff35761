"""The convolutional layer, and the transposed one."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.convolution.convolve import convolve, per_axis
from ranvier.layers.convolution.geometry import Padding
from ranvier.layers.convolution.transposed import convolve_transposed

HE_NORMAL = nnx.initializers.he_normal()  # He et al. 2015, for the relatives of ReLU


class Convolution(nnx.Module):
    """A learned kernel that slides over images or signals, and a bias (LeCun et al. 1989).

    Attributes:
        kernel: float32 (kh, kw, inputs / groups, outputs) or (kt, inputs / groups, outputs).
        bias: float32 (outputs,), or None.
        input_gradient: see `convolve`; may be switched on a finished network.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel_size: Sequence[int],
        *,
        strides: int | Sequence[int] = 1,
        padding: Padding = "same",
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        use_bias: bool = True,
        input_gradient: bool = True,
        kernel_init: jax.nn.initializers.Initializer = HE_NORMAL,
        rngs: nnx.Rngs,
    ) -> None:
        shape = (*kernel_size, inputs // groups, outputs)
        self.kernel = nnx.Param(kernel_init(rngs.params(), shape, jnp.float32))
        self.bias = nnx.data(nnx.Param(jnp.zeros(outputs)) if use_bias else None)
        self.strides = strides
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.input_gradient = input_gradient

    def __call__(self, x: jax.Array) -> jax.Array:
        """(B, H, W, inputs) to (B, H', W', outputs), or (B, T, inputs) to (B, T', outputs)."""
        y = convolve(
            x,
            self.kernel[...].astype(x.dtype),
            strides=self.strides,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            input_gradient=self.input_gradient,
        )
        if self.bias is None:
            return y
        return y + self.bias[...].astype(y.dtype).reshape((1,) * (y.ndim - 1) + (-1,))


class TransposedConvolution(nnx.Module):
    """A learned kernel that makes images or signals larger, and a bias (Zeiler et al. 2010).

    Attributes:
        kernel: float32 (kh, kw, outputs, inputs) or (kt, outputs, inputs), as Keras has it.
        bias: float32 (outputs,), or None.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel_size: Sequence[int],
        *,
        strides: int | Sequence[int] = 2,
        use_bias: bool = True,
        kernel_init: jax.nn.initializers.Initializer | None = None,
        rngs: nnx.Rngs,
    ) -> None:
        shape = (*kernel_size, outputs, inputs)
        init = kernel_init or _spread_normal(strides, len(kernel_size))
        self.kernel = nnx.Param(init(rngs.params(), shape, jnp.float32))
        self.bias = nnx.data(nnx.Param(jnp.zeros(outputs)) if use_bias else None)
        self.strides = strides

    def __call__(self, x: jax.Array) -> jax.Array:
        """(B, H, W, inputs) to (B, strides H, strides W, outputs), or the same of signals."""
        y = convolve_transposed(x, self.kernel[...].astype(x.dtype), strides=self.strides)
        if self.bias is None:
            return y
        return y + self.bias[...].astype(y.dtype).reshape((1,) * (y.ndim - 1) + (-1,))


def _spread_normal(strides: int | Sequence[int], rank: int) -> jax.nn.initializers.Initializer:
    """He et al. 2015: a pixel of the output is the sum of only taps / strides taps."""
    steps = per_axis(strides, rank)
    return nnx.initializers.variance_scaling(
        2.0 * prod(steps), "fan_in", "truncated_normal", in_axis=-1, out_axis=-2
    )
