"""The convolution of a batch of images or signals."""

from __future__ import annotations

from collections.abc import Sequence

import jax

from ranvier.layers.convolution.canonical import canonical
from ranvier.layers.convolution.depthwise import depthwise
from ranvier.layers.convolution.direct import direct, plain
from ranvier.layers.convolution.forms import Form, form_of
from ranvier.layers.convolution.geometry import Geometry, Padding, pairs_of_padding
from ranvier.layers.convolution.patches import patches
from ranvier.layers.convolution.widened import widened
from ranvier.layers.convolution.winograd import winograd
from ranvier.layers.convolution.winograd_strided import winograd_strided
from ranvier.layers.marking import is_plain


def convolve(
    x: jax.Array,
    kernel: jax.Array,
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "same",
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    input_gradient: bool = True,
    form: Form | None = None,
) -> jax.Array:
    """The cross-correlation that deep learning calls convolution, in the fastest form.

    All forms give the same values and gradients up to rounding; the platform is that of
    `jax.default_backend()` when the program is traced. Reverse-mode derivatives, of any order.

    Args:
        x: images (B, H, W, C) or signals (B, T, C), floating.
        kernel: of the same dtype, (kh, kw, C / groups, O) or (kt, C / groups, O).
        strides: pixels from one window to the next, one number or one per axis.
        padding: "same", "valid", or zeros (before, after) for each axis.
        dilation: pixels from one kernel tap to the next, one number or one per axis.
        groups: parts into which C and O are divided; O / groups outputs see C / groups inputs.
        input_gradient: False for a first layer in training, where nobody asks for the gradient
            of `x`: it is zero and costs nothing.
        form: how to compute it; None takes the rule of `form_of`.

    Returns:
        (B, H', W', O) or (B, T', O), of the dtype of `x`.
    """
    rank = x.ndim - 2
    if rank not in (1, 2) or kernel.ndim != x.ndim:
        raise ValueError(
            "a convolution takes x of (B, H, W, C) with a kernel of (kh, kw, C / groups, O), or "
            f"(B, T, C) with (kt, C / groups, O); got {x.shape} with {kernel.shape}"
        )
    if x.shape[-1] != kernel.shape[-2] * groups or kernel.shape[-1] % groups:
        raise ValueError(
            f"{x.shape[-1]} channels in {groups} groups do not fit a kernel of {kernel.shape}: it "
            "takes channels / groups inputs, and groups must divide its outputs"
        )
    steps, gaps = per_axis(strides, rank), per_axis(dilation, rank)
    pads = pairs_of_padding(padding, x.shape[1:-1], kernel.shape[:rank], steps, gaps)
    if is_plain():
        return plain(x, kernel, steps, pads, gaps, groups)
    if rank == 1:
        steps, gaps, pads = (1, *steps), (1, *gaps), ((0, 0), *pads)
        x, kernel = x[:, None], kernel[None]  # an image of height 1
    geometry = Geometry((steps[0], steps[1]), (pads[0], pads[1]), (gaps[0], gaps[1]), groups)
    if not input_gradient:
        x = jax.lax.stop_gradient(x)
    chosen = form or form_of(jax.default_backend(), x.shape, kernel.shape, geometry, x.dtype)
    y = _computed(chosen, x, kernel, geometry)
    return y[:, 0] if rank == 1 else y


def _computed(form: Form, x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    if form == "winograd":
        return winograd(x, kernel)
    if form == "winograd_strided":
        return winograd_strided(x, kernel, geometry)
    if form == "canonical":
        return canonical(x, kernel, geometry)
    if form == "patches":
        return patches(x, kernel, geometry)
    if form == "widened":
        return widened(x, kernel, geometry)
    if form == "depthwise":
        return depthwise(x, kernel, geometry)
    return direct(x, kernel, geometry)


def per_axis(value: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """One number of at least 1 for each axis."""
    values = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(values) != rank or min(values) < 1:
        raise ValueError(f"expected one number of at least 1 per axis, {rank} in all, got {value}")
    return values
