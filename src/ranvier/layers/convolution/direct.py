"""The platform's own convolution, as cuDNN has it on NVIDIA, and all that exporters know."""

from __future__ import annotations

from collections.abc import Sequence

import jax
from jax import lax

from ranvier.layers.convolution.geometry import Geometry

AXES = {1: ("NHC", "HIO", "NHC"), 2: ("NHWC", "HWIO", "NHWC")}


def direct(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C / groups, O) to (B, H', W', O)."""
    return plain(x, kernel, geometry.strides, geometry.padding, geometry.dilation, geometry.groups)


def plain(
    x: jax.Array,
    kernel: jax.Array,
    strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    dilation: Sequence[int],
    groups: int,
) -> jax.Array:
    """The same of images or of signals (B, T, C), which stay signals."""
    return lax.conv_general_dilated(
        x,
        kernel,
        strides,
        padding,
        rhs_dilation=dilation,
        dimension_numbers=AXES[x.ndim - 2],
        feature_group_count=groups,
    )
