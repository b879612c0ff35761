"""Another way to read the same steps, with an output layer of its own."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.rnn.builder import RNNBuilder
from ranvier.layers.batch_norm import BatchNorm
from ranvier.layers.convolution import Convolution
from ranvier.layers.dropout import Dropout
from ranvier.layers.lengths import is_real, masked_mean

KERNELS = (8, 5, 3)  # of LSTM-FCN; the last one for all further convolutions


class Convolutions(nnx.Module):
    """Convolutions along the steps, the mean over the steps, the output layer.

    Where each step has an answer, the output layer stands at each and there is no mean.

    The fully convolutional half of LSTM-FCN (Karim et al. 2018).
    """

    def __init__(self, shape: RNNBuilder, *, rngs: nnx.Rngs) -> None:
        channels, layers, norms = shape.width, [], []
        for number, filters in enumerate(shape.convolutions):
            kernel = (KERNELS[min(number, len(KERNELS) - 1)],)
            layers.append(Convolution(channels, filters, kernel, use_bias=False, rngs=rngs))
            norms.append(BatchNorm(filters, rngs=rngs))
            channels = filters
        self.layers, self.norms = nnx.List(layers), nnx.List(norms)
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None
        self.output = nnx.Linear(channels, shape.outputs.units, rngs=rngs)
        self.each_step = shape.each_step

    def __call__(self, x: jax.Array, lengths: jax.Array | None = None) -> jax.Array:
        """(batch, steps, channels) to logits (batch, units); padding is and stays zero.

        For an answer at each step, (batch, steps, units).
        """
        real = None if lengths is None else is_real(x, lengths)
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = norm(layer(x), activation="relu", real=real)
            if real is not None:
                x = jnp.where(real, x, 0)
        if not self.each_step:
            x = masked_mean(x, lengths)
        if self.dropout is not None:
            x = self.dropout(x)
        logits: jax.Array = self.output(x)
        return logits
