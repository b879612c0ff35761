"""The convolutional layer."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.convolution.convolve import convolve
from ranvier.layers.convolution.geometry import Padding

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
