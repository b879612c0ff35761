"""Numbers as vectors: neighbouring steps together are what a word is of a text."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ranvier.families.transformer.embedding import SPREAD
from ranvier.families.transformer.shape import Shape
from ranvier.layers.batch_norm import BatchNorm
from ranvier.layers.convolution import Convolution
from ranvier.layers.dropout import Dropout
from ranvier.layers.lengths import is_real

KERNELS = (8, 5)  # of the convolutions before the patches
SLOWEST = 10_000.0  # steps in which the slowest wave turns by one radian (Vaswani et al. 2017)


class Patches(nnx.Module):
    """Convolutions along the steps, then a linear layer over each patch of neighbours.

    One step says little by itself, so what enters the attention has seen its neighbours. Waves
    tell the place (Vaswani et al. 2017), or learned vectors where the shape has these.

    Args:
        channels: numbers of a step.
        shape: of the stack.
        patch: steps that become one vector (PatchTST, Nie et al. 2023).
        places: patches of the longest row in training.

    Attributes:
        positions: float32 (places, d); None where positions are not learned.
    """

    def __init__(
        self, channels: int, shape: Shape, patch: int, places: int, *, rngs: nnx.Rngs
    ) -> None:
        self.patch, layers, after = patch, [], []
        for kernel in KERNELS:
            layers.append(Convolution(channels, shape.width, (kernel,), use_bias=False, rngs=rngs))
            after.append(BatchNorm(shape.width, rngs=rngs))
            channels = shape.width
        self.convolutions, self.norms = nnx.List(layers), nnx.List(after)
        self.linear = nnx.Linear(patch * channels, shape.width, rngs=rngs)
        learned = shape.positions == "learned"
        fresh = SPREAD * jax.random.normal(rngs.params(), (places, shape.width))
        self.positions = nnx.Param(fresh, decay=0.0) if learned else None
        self.dropout = Dropout(rngs=rngs) if shape.dropout else None

    def __call__(
        self, x: jax.Array, lengths: jax.Array | None = None
    ) -> tuple[jax.Array, jax.Array | None]:
        """Steps (batch, steps, channels) and lengths (batch,) to those of patches, d wide."""
        real = None if lengths is None else is_real(x, lengths)
        for layer, norm in zip(self.convolutions, self.norms, strict=True):
            x = norm(layer(x), activation="relu", real=real)
            if real is not None:
                x = jnp.where(real, x, 0)
        x = jnp.pad(x, ((0, 0), (0, -x.shape[1] % self.patch), (0, 0)))
        x = x.reshape(x.shape[0], -1, self.patch * x.shape[2])  # (batch, patches, patch * d)
        x = self.linear(x)
        x = x + self._told(x.shape[1], x.shape[2]).astype(x.dtype)[None]
        if self.dropout is not None:
            x = self.dropout(x)
        return x, None if lengths is None else -(-lengths // self.patch)

    def _told(self, places: int, width: int) -> jax.Array:
        """Where each patch stands, (places, d); behind all that were learned as the last."""
        if self.positions is None:
            return jnp.asarray(waves(places, width))
        table = self.positions[...]
        return table[np.minimum(np.arange(places), len(table) - 1)]


def waves(places: int, width: int) -> np.ndarray:
    """Sines and cosines of ever slower waves, float32 (places, width)."""
    speeds = SLOWEST ** (-np.arange(0, width, 2) / width)
    angles = np.arange(places)[:, None] * speeds  # (places, width / 2)
    both = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    return both[:, :width].astype(np.float32)
