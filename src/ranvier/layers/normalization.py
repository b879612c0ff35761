"""Normalisation layers, by name."""

from __future__ import annotations

from flax import nnx

NORMALIZATIONS = ("none", "batch", "layer", "rms")


def make_normalization(name: str, width: int, *, rngs: nnx.Rngs) -> nnx.Module | None:
    """The layer of this name for vectors of `width`, or None.

    "batch": Ioffe and Szegedy 2015; "layer": Ba et al. 2016; "rms": Zhang and Sennrich 2019.
    """
    if name == "batch":
        return nnx.BatchNorm(width, momentum=0.9, rngs=rngs)
    if name == "layer":
        return nnx.LayerNorm(width, rngs=rngs)
    if name == "rms":
        return nnx.RMSNorm(width, rngs=rngs)
    return None
