"""A script for a process of its own, which has Keras and, where it is asked for, TensorFlow.

usage: python converting.py saved_model|litert MODEL.keras TARGET
       python converting.py run_keras|run_saved_model|run_litert FILE ROWS.npz ANSWERS.npz

It knows nothing of Ranvier. What goes wrong is the last line of its errors.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MISSING = 3  # exit status: a package is not installed
Rows = dict[str, np.ndarray]


def saved_model(source: str, target: str) -> None:
    """From a `.keras` file to a folder."""
    import keras

    keras.models.load_model(source).export(target, format="tf_saved_model", verbose=False)


def litert(source: str, target: str) -> None:
    """From a `.keras` file to a `.tflite` file.

    LiteRT knows no lists of arrays of unknown size, which loops over steps are made of: they are
    written step by step.
    """
    import keras
    import tensorflow as tf

    network = keras.models.load_model(source)
    if any("unroll" in layer.get_config() for layer in network.layers):
        unrolled = keras.models.clone_model(network, clone_function=_unrolled)
        unrolled.set_weights(network.get_weights())
        network = unrolled
    with tempfile.TemporaryDirectory() as folder:
        network.export(folder, format="tf_saved_model", verbose=False)
        converted = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    Path(target).write_bytes(converted)


def _unrolled(layer: Any) -> Any:
    """The layer anew, whose loop over steps, if it has one, is written out."""
    given = layer.get_config()
    return type(layer).from_config(given | ({"unroll": True} if "unroll" in given else {}))


def run_keras(path: str, rows: Rows) -> Rows:
    """What a `.keras` file answers, in the backend that the environment names."""
    import keras

    network = keras.models.load_model(path)
    answers = network(rows, training=False)  # `predict` would make all floats 32 bits long
    return {name: keras.ops.convert_to_numpy(array) for name, array in answers.items()}


def run_saved_model(path: str, rows: Rows) -> Rows:
    """What a SavedModel answers."""
    import tensorflow as tf

    function = tf.saved_model.load(path).signatures["serving_default"]
    return dict(function(**{name: tf.constant(array) for name, array in rows.items()}))


def run_litert(path: str, rows: Rows) -> Rows:
    """What a `.tflite` file answers."""
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(path)
    answers = interpreter.get_signature_runner()(**rows)
    return {name: np.array(array) for name, array in answers.items()}  # not the interpreter's own


COMMANDS: dict[str, Callable[..., Any]] = {
    command.__name__: command
    for command in (saved_model, litert, run_keras, run_saved_model, run_litert)
}


def main(command: str, path: str, *others: str) -> int:
    """Do one thing; the exit status."""
    try:
        if not command.startswith("run_"):
            COMMANDS[command](path, *others)
            return 0
        with np.load(others[0]) as rows:
            answers = COMMANDS[command](path, dict(rows))
        found: dict[str, Any] = {name: np.asarray(array) for name, array in answers.items()}
        np.savez(others[1], **found)
    except ModuleNotFoundError as error:
        print(error.name, file=sys.stderr)
        return MISSING
    except Exception as error:
        lines = [line for line in str(error).split("\n") if line.strip()]
        print(lines[0] if lines else type(error).__name__, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
