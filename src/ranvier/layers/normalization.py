"""Normalisation layers, by name."""

from __future__ import annotations

from flax import nnx

from ranvier.layers.batch_norm import BatchNorm

NORMALIZATIONS = ("none", "batch", "layer", "rms")


def make_normalization(name: str, width: int, *, rngs: nnx.Rngs) -> nnx.Module | None:
    """The layer of this name for vectors of `width`, or None.

    "batch": Ioffe and Szegedy 2015; "layer": Ba et al. 2016; "rms": Zhang and Sennrich 2019.
    """
    if name == "batch":
        return BatchNorm(width, rngs=rngs)
    if name == "layer":
        return nnx.LayerNorm(width, rngs=rngs)
    if name == "rms":
        return nnx.RMSNorm(width, rngs=rngs)
    return None
