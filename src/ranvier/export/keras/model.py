"""The model of Keras that a source builds."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import jax

from ranvier.errors import ExportError
from ranvier.export.extra import needs
from ranvier.export.keras.source import Source


def keras_module() -> ModuleType:
    """Keras, computing in JAX unless somebody chose otherwise.

    Raises:
        MissingExtraError: it is not installed.
    """
    needs("keras", "keras")
    if "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    module: ModuleType = keras
    return module


@contextmanager
def as_keras_computes() -> Iterator[None]:
    """Broadcasting as NumPy's, and no word of how Keras's variables become arrays of NumPy."""
    with jax.numpy_rank_promotion("allow"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        yield


def built(source: Source) -> Any:
    """The keras.Model, with its weights.

    The text is ours, made of a graph and of nothing that a user wrote; running it makes the file
    and the model the same thing.

    Raises:
        ExportError: Keras does not take a layer or its weights.
    """
    keras_module()
    place: dict[str, Any] = {"__name__": "network"}
    exec(compile(source.text, "network.py", "exec"), place)
    try:
        with as_keras_computes():
            network = place["build"]()
            for layer in network.layers:
                names = [f"{layer.name}/{variable.name}" for variable in layer.weights]
                layer.set_weights([source.weights[name] for name in names])
    except (KeyError, NotImplementedError, TypeError, ValueError) as error:
        reason = str(error).strip().split("\n")[0]
        raise ExportError(f"Keras cannot hold this network: {reason}") from error
    return network
