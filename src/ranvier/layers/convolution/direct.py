"""The platform's own convolution: cuDNN on NVIDIA, the matrix unit of a TPU."""

from __future__ import annotations

import jax
from jax import lax

from ranvier.layers.convolution.geometry import Geometry


def direct(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """(B, H, W, C) and (kh, kw, C / groups, O) to (B, H', W', O)."""
    return lax.conv_general_dilated(
        x,
        kernel,
        geometry.strides,
        geometry.padding,
        rhs_dilation=geometry.dilation,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=geometry.groups,
    )
