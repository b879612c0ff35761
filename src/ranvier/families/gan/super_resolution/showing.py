"""What enlarged patches look like while the network trains."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.gan.super_resolution.network import SuperResolution, SuperResolutionBuilder
from ranvier.layers.bicubic import enlarged, reduced
from ranvier.training.blueprint import blueprint_of
from ranvier.training.feeds import Rows
from ranvier.training.loop import Draw

SHOWN, LOOKED_AT = 8, 256  # patches

Array = np.ndarray[Any, Any]


def drawer(shape: SuperResolutionBuilder, rows: Rows, valid: Any) -> Draw:
    """Patches by cubic convolution, by the network, and as they are, in three rows.

    They are those with the most contrast of some that validate, or else that train.
    """
    patches = _contrasting(_some(rows, valid))
    blueprint = blueprint_of(shape)

    @jax.jit
    def made(parameters: Any, variables: Any) -> tuple[jax.Array, jax.Array]:
        network: SuperResolution = blueprint.assemble(parameters, variables)
        small = reduced(jnp.asarray(patches), shape.scale)
        return enlarged(small, shape.scale), network.generator(small)

    def draw(parameters: dict[str, Array], variables: dict[str, Array]) -> Array:
        plain, own = (np.asarray(a) for a in made(parameters, variables))
        return np.stack([_whole(plain), _whole(own), patches])

    return draw


def _some(rows: Rows, valid: Any) -> Array:
    if valid is not None:
        return np.asarray(valid["inputs"]["image"][:LOOKED_AT])
    places = np.linspace(0, len(rows) - 1, min(LOOKED_AT, len(rows))).astype(np.int32)
    return np.asarray(rows.take(np.unique(places))["inputs"]["image"])


def _contrasting(patches: Array) -> Array:
    spread = patches.reshape(len(patches), -1).astype(np.float32).std(axis=1)
    return patches[np.sort(np.argsort(-spread, kind="stable")[:SHOWN])]


def _whole(pictures: Array) -> Array:
    return np.clip(np.rint(pictures), 0, 255).astype(np.uint8)
