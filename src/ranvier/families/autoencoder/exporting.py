"""What an exported autoencoder computes: codes, and the rows again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from ranvier.export.programs.network import around
from ranvier.export.programs.program import Program
from ranvier.preprocessing.pictures import PicturePreprocessor

if TYPE_CHECKING:
    from ranvier.families.autoencoder.model import Autoencoder


def program(model: Autoencoder) -> Program:
    """Of rows their codes and the rows again.

    "code" is (N, dimensions); "reconstruction" of pictures is in the range of their pixels, of
    others in standardised units.
    """
    preprocessor = model.preprocessor_

    def answer(network: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        code = network.encoded(inputs)
        steps = network.shape.shape[0] if network.shape.form == "sequence" else 1
        made = network.decoded(code, steps).astype(jnp.float32)
        if isinstance(preprocessor, PicturePreprocessor):
            made = made * _row(preprocessor.spec.image_scale, made) + _row(
                preprocessor.spec.image_center, made
            )
        return {"code": code.astype(jnp.float32), "reconstruction": made}

    units = {"code": 10.0}
    if isinstance(preprocessor, PicturePreprocessor):
        units["reconstruction"] = float(max(preprocessor.spec.image_scale))
    return around(model, answer, units=units)


def answers_of(model: Autoencoder, X: Any) -> dict[str, np.ndarray]:
    """The codes, as the model gives them."""
    return {"code": np.asarray(model.transform(X))}


def _row(numbers: tuple[float, ...], x: Any) -> Any:
    return jnp.array(numbers, jnp.float32).reshape((1,) * (x.ndim - 1) + (-1,))
