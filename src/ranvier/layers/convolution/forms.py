"""Which form computes a convolution: a rule over its shapes, no stopwatch.

A stopwatch would make results change from run to run. The rule was measured on x86-64 by
`python -m benchmarks.kernels`, in a training step inside a loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import jax
import jax.numpy as jnp

from ranvier.layers.convolution.geometry import Geometry

Form = Literal[
    "direct", "canonical", "winograd", "winograd_strided", "patches", "widened", "depthwise"
]

FEW = 4  # channels
FEW_OUTPUTS = 16  # up to which XLA has only a slow routine for them; for three it has no other
WINOGRAD = 2048  # inputs times outputs from which sixteen small products are worth their sums
WINOGRAD_STRIDED = 256  # the same of a stride of two


def form_of(
    platform: str,
    image: Sequence[int],
    kernel: Sequence[int],
    geometry: Geometry,
    dtype: jax.typing.DTypeLike = jnp.float32,
) -> Form:
    """The form for an image (B, H, W, C) and a kernel (kh, kw, C / groups, O).

    1. Everything that is not a CPU has a library for it: "direct".
    2. As many groups as channels and outputs: "depthwise".
    3. A 4×4 kernel that moves by two, in float32, with more than a few channels:
       "winograd_strided".
    4. Other groups, strides, or a 1×1 kernel: "patches".
    5. Few channels of which XLA's own routine is slow, and an even width: "widened".
    6. A 3×3 kernel over an even size with one zero around it, in float32, with many channels:
       "winograd".
    7. What remains: "canonical"; "patches" if some windows hold nothing but padding.
    """
    if platform != "cpu":
        return "direct"
    kh, kw, _, outputs = kernel
    channels = image[3]
    if geometry.groups == channels == outputs > 1:
        return "depthwise"
    if (
        channels * outputs >= WINOGRAD_STRIDED
        and jnp.dtype(dtype) == jnp.float32
        and can_be_winograd_strided(kernel, geometry)
        and min(geometry.output(image[1:3], kernel[:2])) > 1
    ):
        return "winograd_strided"
    if geometry.groups > 1 or geometry.strides != (1, 1) or kh * kw == 1:
        return "patches"
    slow = channels <= FEW and (outputs <= FEW_OUTPUTS or channels == 3)
    if slow and can_be_widened(image, kernel, geometry):
        return "widened"
    even = image[1] % 2 == image[2] % 2 == 0
    if (
        even
        and channels * outputs >= WINOGRAD
        and jnp.dtype(dtype) == jnp.float32
        and can_be_winograd(kernel, geometry)
    ):
        return "winograd"
    return "canonical" if can_be_canonical(kernel, geometry) else "patches"


def can_be_winograd(kernel: Sequence[int], geometry: Geometry) -> bool:
    """3×3, and the geometry of the same size."""
    return tuple(kernel[:2]) == (3, 3) and geometry == Geometry(padding=((1, 1), (1, 1)))


def can_be_winograd_strided(kernel: Sequence[int], geometry: Geometry) -> bool:
    """4×4, moving by two, one group and no dilation."""
    two = Geometry(strides=(2, 2), padding=geometry.padding)
    return tuple(kernel[:2]) == (4, 4) and geometry == two


def can_be_canonical(kernel: Sequence[int], geometry: Geometry) -> bool:
    """Stride 1, one group, and no window of padding alone."""
    reach = [(k - 1) * d for k, d in zip(kernel[:2], geometry.dilation, strict=True)]
    padded = zip(geometry.padding, reach, strict=True)
    return (
        geometry.strides == (1, 1)
        and geometry.groups == 1
        and all(max(pair) <= most for pair, most in padded)
    )


def can_be_widened(image: Sequence[int], kernel: Sequence[int], geometry: Geometry) -> bool:
    """Stride and dilation 1, one group, and an even width of the output."""
    width = geometry.output(image[1:3], kernel[:2])[1]
    return geometry == Geometry(padding=geometry.padding) and width % 2 == 0
