"""The transposed convolution of a batch of images or signals: it makes them larger.

It is the input gradient of a convolution (Dumoulin and Visin 2016), and so computed in the forms
that compute that.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax

from ranvier.layers.convolution import patches, winograd_strided
from ranvier.layers.convolution.convolve import per_axis
from ranvier.layers.convolution.direct import AXES, direct
from ranvier.layers.convolution.forms import Form, form_of
from ranvier.layers.convolution.geometry import Geometry, Pair, pairs_of_padding
from ranvier.layers.marking import is_plain


def convolve_transposed(
    x: jax.Array, kernel: jax.Array, *, strides: int | Sequence[int] = 2, form: Form | None = None
) -> jax.Array:
    """Each pixel spread out by the kernel, `strides` apart, and what overlaps added.

    The same as `jax.lax.conv_transpose(..., "SAME", transpose_kernel=True)`, PyTorch's
    `ConvTranspose2d(C, O, 4, stride=2, padding=1)` and Keras's `Conv2DTranspose(O, 4, 2, "same")`.
    Reverse-mode derivatives, of any order.

    Args:
        x: images (B, H, W, C) or signals (B, T, C), floating.
        kernel: of the same dtype, (kh, kw, O, C) or (kt, O, C): outputs before inputs.
        strides: how many times larger the output is, one number or one per axis.
        form: how to compute it, "direct", "patches" or "winograd_strided"; None takes the rule
            of `form_of` for the convolution of which this is the gradient.

    Returns:
        (B, strides H, strides W, O) or (B, strides T, O), of the dtype of `x`.
    """
    rank = x.ndim - 2
    if rank not in (1, 2) or kernel.ndim != x.ndim or kernel.shape[-1] != x.shape[-1]:
        raise ValueError(
            "a transposed convolution takes x of (B, H, W, C) with a kernel of (kh, kw, O, C), or "
            f"(B, T, C) with (kt, O, C); got {x.shape} with {kernel.shape}"
        )
    steps = per_axis(strides, rank)
    larger = tuple(n * s for n, s in zip(x.shape[1:-1], steps, strict=True))
    pads = pairs_of_padding("same", larger, kernel.shape[:rank], steps, (1,) * rank)
    if is_plain():
        spread: jax.Array = jax.lax.conv_transpose(
            x, kernel, steps, "SAME", dimension_numbers=AXES[rank], transpose_kernel=True
        )
        return spread
    if rank == 1:
        steps, pads, larger = (1, *steps), ((0, 0), *pads), (1, *larger)
        x, kernel = x[:, None], kernel[None]  # an image of height 1
    size = larger[0], larger[1]
    geometry = Geometry((steps[0], steps[1]), (pads[0], pads[1]))
    image = (len(x), *size, kernel.shape[2])
    chosen = form or form_of(jax.default_backend(), image, kernel.shape, geometry, x.dtype)
    y = _computed(chosen, x, kernel, size, geometry)
    return y[:, 0] if rank == 1 else y


def _computed(
    form: Form, x: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry
) -> jax.Array:
    if form == "direct":
        image = jax.ShapeDtypeStruct((len(x), *size, kernel.shape[2]), x.dtype)
        spread = jax.linear_transpose(lambda image: direct(image, kernel, geometry), image)
        y: jax.Array = spread(x)[0]
        return y
    maps = winograd_strided.MAPS if form == "winograd_strided" else patches.MAPS
    return maps.spread(x, kernel, size, geometry)
