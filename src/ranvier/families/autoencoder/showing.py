"""What reconstructions look like while the network trains."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.cost import rows_at_once
from ranvier.families.autoencoder.programs import Programs
from ranvier.preprocessing import restoring
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.training.feeds import Rows
from ranvier.training.learner import Learner
from ranvier.training.loop import Draw

SHOWN = 10  # rows

Array = np.ndarray[Any, Any]


def drawer(
    learner: Learner, preprocessor: Any, resolved: dict[str, Any], rows: Rows, valid: Any
) -> Draw | None:
    """Pictures above what is made of them, of rows that validate, or else that train.

    The first row of what it draws is the pictures as they are, the second what they became.
    None where rows are no pictures.
    """
    shape = learner.build
    if not isinstance(preprocessor, PicturePreprocessor):
        return None
    assert isinstance(shape, AutoencoderBuilder)
    inputs = _some(rows, valid)
    originals = np.asarray(inputs["image"])

    def draw(parameters: dict[str, Array], variables: dict[str, Array]) -> Array:
        most = rows_at_once(shape.inputs.image)
        programs = Programs(shape, parameters, variables, resolved["precision"], most)
        _, made = programs.compared(inputs)
        restored = restoring.pictures(preprocessor, made)
        return np.stack([_visible(originals, originals), _visible(restored, originals)])

    return draw


def _some(rows: Rows, valid: Any) -> dict[str, Array]:
    if valid is None:
        some = np.linspace(0, len(rows) - 1, min(SHOWN, len(rows))).astype(np.int32)
        taken: dict[str, Array] = rows.take(some)["inputs"]
        return taken
    return {name: np.asarray(array[:SHOWN]) for name, array in valid["inputs"].items()}


def _visible(pictures: Array, originals: Array) -> Array:
    """Uint8, from the darkest to the brightest of the originals."""
    if pictures.dtype == np.uint8:
        return pictures
    low, high = float(originals.min()), float(originals.max())
    scaled = (pictures - low) / max(high - low, 1e-12)
    return np.clip(np.rint(scaled * 255), 0, 255).astype(np.uint8)
