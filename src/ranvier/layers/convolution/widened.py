"""Images of few channels: several pixels side by side are taken for the channels of one.

With one or three channels a window's rows are too short to copy and to multiply well. A group
of g neighbours of a row, which lie side by side in memory, becomes one pixel of g C channels
and the kernel one of g O outputs, whose g copies stand one pixel further each. That multiplies
by some zeros and is still faster.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.geometry import Geometry
from ranvier.layers.convolution.patches import patches


def widened(x: jax.Array, kernel: jax.Array, geometry: Geometry, group: int) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C, O) to (B, H', W', O).

    Stride and dilation 1, one group of channels; `group` divides W'.
    """
    batch, _, wide, channels = x.shape
    kh, kw, _, outputs = kernel.shape
    height, width = geometry.output(x.shape[1:3], (kh, kw))
    taps = -(-(kw + group - 1) // group)  # of the wide kernel
    left = geometry.padding[1][0]
    right = group * (width // group + taps - 1) - wide - left
    x = jnp.pad(x, ((0, 0), geometry.padding[0], (left, max(right, 0)), (0, 0)))
    x = x[:, :, : left + wide + right]
    x = x.reshape(batch, x.shape[1], -1, group * channels)
    copies = [
        jnp.pad(kernel, ((0, 0), (at, group * taps - kw - at), (0, 0), (0, 0)))
        for at in range(group)
    ]
    wide_kernel = jnp.stack(copies, axis=3)  # (kh, g taps, C, g, O)
    wide_kernel = wide_kernel.reshape(kh, taps, group * channels, group * outputs)
    return patches(x, wide_kernel, Geometry()).reshape(batch, height, width, outputs)
