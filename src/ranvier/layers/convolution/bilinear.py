"""A convolution is linear in the image and in the kernel, so three maps differentiate it for ever.

    forward  y  = x * k                 (image, kernel) to output
    spread   dx = y spread out by k     (output, kernel) to image: the transposed convolution
    overlap  dk = x seen through y      (image, output) to kernel

The gradients of each are the other two, applied to what came in and to the gradient that comes
back. So whoever writes the three for the CPU gets gradients of gradients (a penalty on the slope
of a discriminator: Mescheder et al. 2018) in the same fast forms; what autodiff would write of
them XLA runs slowly in a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax

from ranvier.layers.convolution.geometry import Geometry, Pair

Forward = Callable[[jax.Array, jax.Array, Geometry], jax.Array]
Spread = Callable[[jax.Array, jax.Array, Pair, Geometry], jax.Array]
Two = tuple[jax.Array, jax.Array]
Overlap = Callable[[jax.Array, jax.Array, Pair, Geometry], jax.Array]


class Maps(NamedTuple):
    """The three maps, each with the other two as its gradients.

    Attributes:
        forward: (B, H, W, C) and (kh, kw, C / groups, O) to (B, H', W', O).
        spread: (B, H', W', O), the kernel and the size (H, W) to (B, H, W, C).
        overlap: (B, H, W, C), (B, H', W', O) and the taps (kh, kw) to a kernel.
    """

    forward: Forward
    spread: Spread
    overlap: Overlap

    def go(self, x: jax.Array, kernel: jax.Array, geometry: Geometry) -> tuple[jax.Array, Two]:
        """What `forward` gives, and what it keeps for `back`."""
        # By the map itself, so that gradients of this come in its form too.
        return self.forward(x, kernel, geometry), (x, kernel)

    def back(self, geometry: Geometry, kept: Two, slope: jax.Array) -> Two:
        """The gradients of `forward`."""
        x, kernel = kept
        return (
            self.spread(slope, kernel, _pair(x.shape[1:3]), geometry),
            self.overlap(x, slope, _pair(kernel.shape[:2]), geometry),
        )


def differentiable(forward: Forward, spread: Spread, overlap: Overlap) -> Maps:
    """The maps with their gradients; what they share in a step the compiler computes once."""
    maps = Maps(
        jax.custom_vjp(forward, nondiff_argnums=(2,)),
        jax.custom_vjp(spread, nondiff_argnums=(2, 3)),
        jax.custom_vjp(overlap, nondiff_argnums=(2, 3)),
    )
    maps.forward.defvjp(maps.go, maps.back)  # type: ignore[attr-defined]
    maps.spread.defvjp(partial(_go_spread, maps), partial(_back_spread, maps))  # type: ignore[attr-defined]
    maps.overlap.defvjp(partial(_go_overlap, maps), partial(_back_overlap, maps))  # type: ignore[attr-defined]
    return maps


def _go_spread(
    maps: Maps, y: jax.Array, kernel: jax.Array, size: Pair, geometry: Geometry
) -> tuple[jax.Array, Two]:
    return maps.spread(y, kernel, size, geometry), (y, kernel)


def _back_spread(maps: Maps, size: Pair, geometry: Geometry, kept: Two, slope: jax.Array) -> Two:
    y, kernel = kept
    del size
    return (
        maps.forward(slope, kernel, geometry),
        maps.overlap(slope, y, _pair(kernel.shape[:2]), geometry),
    )


def _go_overlap(
    maps: Maps, x: jax.Array, y: jax.Array, taps: Pair, geometry: Geometry
) -> tuple[jax.Array, Two]:
    return maps.overlap(x, y, taps, geometry), (x, y)


def _back_overlap(maps: Maps, taps: Pair, geometry: Geometry, kept: Two, slope: jax.Array) -> Two:
    x, y = kept
    del taps
    return (
        maps.spread(y, slope, _pair(x.shape[1:3]), geometry),
        maps.forward(x, slope, geometry),
    )


def _pair(sizes: tuple[int, ...]) -> Pair:
    return sizes[0], sizes[1]
