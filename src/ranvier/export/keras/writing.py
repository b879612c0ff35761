"""Keras files, and what TensorFlow makes of them, written and run again.

TensorFlow works in a process of its own: it does not share one with JAX well, and Keras has one
backend a process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import numpy as np
from safetensors.numpy import save_file

from ranvier.errors import ExportError, MissingExtraError
from ranvier.export.extra import needs
from ranvier.export.graph import Graph
from ranvier.export.keras import converting
from ranvier.export.keras.model import as_keras_computes, built, keras_module
from ranvier.export.keras.source import source_of
from ranvier.export.programs.program import Arrays, Program, Trials


def write_source(program: Program, graph: Graph, path: Path) -> None:
    """Write a Python file, and its weights as `.safetensors` beside it.

    Args:
        program: what the model computes.
        graph: its steps.
        path: of the file, which ends in `.py`.

    Raises:
        ExportError: Keras has no form for a step.
    """
    source = source_of(graph, program.inputs, program.usual)
    path.write_text(source.text, encoding="utf-8")
    about = {
        "inputs": json.dumps({name: name for name in graph.inputs}),
        "outputs": json.dumps(list(graph.outputs)),
    }
    save_file(source.weights, path.with_suffix(".safetensors"), metadata=about)


def write_keras(program: Program, graph: Graph, path: Path) -> None:
    """Write a `.keras` file, which plain Keras 3 opens, in any of its backends.

    Args:
        program: what the model computes.
        graph: its steps.
        path: of the file, which ends in `.keras`.

    Raises:
        MissingExtraError: Keras is not installed.
        ExportError: Keras has no form for a step.
    """
    network = built(source_of(graph, program.inputs, program.usual))
    with as_keras_computes():
        network.save(path)


def write_saved_model(
    program: Program, graph: Graph, path: Path, *, python: str | None = None
) -> None:
    """Write the folder of a TensorFlow SavedModel; arguments and errors as `write_litert`'s."""
    _convert("saved_model", program, graph, path, python)


def write_litert(program: Program, graph: Graph, path: Path, *, python: str | None = None) -> None:
    """Write a `.tflite` file for LiteRT, in which loops over steps are written out.

    Args:
        program: what the model computes.
        graph: its steps.
        path: of the file.
        python: of an environment with TensorFlow; None: this one's.

    Raises:
        MissingExtraError: Keras or TensorFlow is not installed.
        ExportError: Keras has no form for a step, or TensorFlow cannot convert it.
    """
    try:
        _convert("litert", program, graph, path, python)
    except ExportError as error:
        if not any(tensor.dtype == "float64" for tensor in program.inputs.values()):
            raise
        raise ExportError(
            "LiteRT computes in 32 bits, in which a column far from zero beside its spread loses "
            f"what it tells: use another format, or leave the column out ({error})."
        ) from error


def run_keras(
    path: Path, trials: Trials, *, python: str | None = None, backend: str | None = None
) -> list[Arrays]:
    """What a `.keras` file answers.

    Args:
        path: of the file.
        trials: several times inputs by name.
        python: of an environment with Keras; None: this process.
        backend: of Keras, where `python` is named; None: JAX.

    Returns:
        For each the results by name.

    Raises:
        MissingExtraError: a package is not installed.
        ExportError: the file does not open.
    """
    if python is not None:
        return _run("keras", path, trials, python, backend or "jax")
    keras_module()
    wide = any(array.dtype.itemsize == 8 for rows in trials for array in rows.values())
    with as_keras_computes(), jax.enable_x64(wide):
        return converting.run_keras(str(path), [dict(rows) for rows in trials])


def run_saved_model(path: Path, trials: Trials, *, python: str | None = None) -> list[Arrays]:
    """What a SavedModel answers, in a process of its own; the rest as `run_keras` has it."""
    return _run("saved_model", path, trials, python, "tensorflow")


def run_litert(path: Path, trials: Trials, *, python: str | None = None) -> list[Arrays]:
    """What a `.tflite` file answers, in a process of its own; the rest as `run_keras` has it."""
    return _run("litert", path, trials, python, "tensorflow")


def _convert(kind: str, program: Program, graph: Graph, path: Path, python: str | None) -> None:
    if python is None:
        needs("tensorflow", "tensorflow")
    with tempfile.TemporaryDirectory() as folder:
        between = Path(folder, "network.keras")
        write_keras(program, graph, between)
        _child([kind, str(between), str(path)], python, "tensorflow")


def _run(kind: str, path: Path, trials: Trials, python: str | None, backend: str) -> list[Arrays]:
    with tempfile.TemporaryDirectory() as folder:
        places = []
        for number, rows in enumerate(trials):
            given = Path(folder, f"rows-{number}.npz")
            np.savez(given, **rows)  # type: ignore[arg-type]
            places += [str(given), str(Path(folder, f"answers-{number}.npz"))]
        _child([f"run_{kind}", str(path), *places], python, backend)
        return [_read(Path(place)) for place in places[1::2]]


def _read(path: Path) -> Arrays:
    with np.load(path) as found:
        return dict(found)


def _child(arguments: list[str], python: str | None, backend: str) -> None:
    """Run the script `converting`.

    Raises:
        MissingExtraError: a package is not installed there.
        ExportError: it failed, with its reason.
    """
    environment = os.environ | {
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",  # it says much about the machine
        "JAX_ENABLE_X64": "1",  # inputs that need 64 bits keep them
    }
    done = subprocess.run(
        [python or sys.executable, "-I", str(converting.__file__), *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return
    lines = done.stderr.strip().split("\n")
    if done.returncode == converting.MISSING:
        extra = "keras" if backend == "jax" else backend
        raise MissingExtraError(
            f"This format needs {lines[-1]}, which is not installed: pip install "
            f"'ranvier[{extra}]'."
        )
    raise ExportError(f"Keras with {backend} cannot do this ({arguments[0]}): {lines[-1]}")
