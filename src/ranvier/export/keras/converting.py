"""A script for a process of its own, which has Keras and, where it is asked for, TensorFlow.

usage: python converting.py saved_model|litert MODEL.keras TARGET
       python converting.py run_keras|run_saved_model|run_litert FILE ROWS.npz ANSWERS.npz ...

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


def run_keras(path: str, trials: list[Rows]) -> list[Rows]:
    """What a `.keras` file answers, in the backend that the environment names."""
    import keras

    network = keras.models.load_model(path)
    # `predict` would make all floats 32 bits long.
    answers = [network(rows, training=False) for rows in trials]
    return [{n: keras.ops.convert_to_numpy(a) for n, a in answer.items()} for answer in answers]


def run_saved_model(path: str, trials: list[Rows]) -> list[Rows]:
    """What a SavedModel answers."""
    import tensorflow as tf

    function = tf.saved_model.load(path).signatures["serving_default"]
    return [
        {n: a.numpy() for n, a in function(**{n: tf.constant(a) for n, a in rows.items()}).items()}
        for rows in trials
    ]


def run_litert(path: str, trials: list[Rows]) -> list[Rows]:
    """What a `.tflite` file answers."""
    from ai_edge_litert.interpreter import Interpreter

    answer = Interpreter(path).get_signature_runner()
    # Copied: the arrays are the interpreter's own.
    return [{n: np.array(a) for n, a in answer(**rows).items()} for rows in trials]


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
        trials = [dict(np.load(rows)) for rows in others[::2]]
        answers: list[dict[str, Any]] = COMMANDS[command](path, trials)
        for place, found in zip(others[1::2], answers, strict=True):
            np.savez(place, **found)
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
