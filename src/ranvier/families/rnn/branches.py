"""Other ways to read the same steps, each with an output layer of its own."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.families.rnn.builder import RNNBuilder
from ranvier.families.rnn.stack import is_real, masked_mean
from ranvier.layers.batch_norm import BatchNorm
from ranvier.layers.convolution import Convolution
from ranvier.layers.dropout import Dropout

RATE = 10.0  # of the weights of words, which are large: most words are rare
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


class BagOfWords(nnx.Module):
    """A linear layer over the tokens of a text, each as heavy as it is rare (tf-idf).

    `inputs["importance"]`, float32 (batch, steps), is each token's weight; a text's have the
    length one together.

    Attributes:
        kernel: float32 (vocabulary, units).
        bias: float32 (units,).
    """

    def __init__(self, shape: RNNBuilder, *, rngs: nnx.Rngs) -> None:
        del rngs
        units = shape.outputs.units
        kernel = jnp.zeros((shape.inputs.vocabulary, units))
        self.kernel = nnx.Param(kernel, rate=RATE, decay=0.0)
        self.bias = nnx.Param(jnp.zeros(units))

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, units)."""
        rows = jnp.take(self.kernel[...], inputs["tokens"], axis=0)  # (batch, steps, units)
        return jnp.sum(rows * inputs["importance"][..., None], axis=1) + self.bias[...][None, :]

    def parts(self, inputs: Mapping[str, jax.Array], chosen: jax.Array) -> jax.Array:
        """What each token adds to one unit of its row, (batch, steps); `chosen`: int32 (batch,)."""
        weights = self.kernel[...][inputs["tokens"], chosen[:, None]]  # (batch, steps)
        return weights * inputs["importance"]
