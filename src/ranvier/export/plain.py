"""The weights and what is known of the model, in the plainest form: safetensors and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from ranvier.errors import ExportError
from ranvier.export.graph import BATCH, words_of
from ranvier.export.programs.program import Arrays, Program, Trials, answers

DESCRIPTION = "model.json"
WEIGHTS = "model.safetensors"


def write(program: Program, folder: Path) -> None:
    """Write a folder with `model.safetensors` and a readable `model.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(a) for name, a in program.weights.items()},
              folder / WEIGHTS)  # fmt: skip
    shapes = {name: list(array.shape) for name, array in program.weights.items()}
    said = {**program.about, "inputs": described(program), "weights": shapes}
    (folder / DESCRIPTION).write_text(json.dumps(said, indent=1, default=str) + "\n")


def described(program: Program) -> dict[str, Any]:
    """Each input in words."""
    return {
        name: {
            "shape": words_of((BATCH, *tensor.shape)),
            "dtype": tensor.dtype,
            "about": tensor.about,
        }
        for name, tensor in program.inputs.items()
    }


def read(program: Program, folder: Path, trials: Trials) -> list[Arrays]:
    """What the model computes of several tables of rows with the weights that were written.

    Raises:
        ExportError: a weight is missing.
    """
    weights = load_file(folder / WEIGHTS)
    if set(weights) != set(program.weights):
        raise ExportError("The file does not hold the weights that were written: try again.")
    return [answers(program.function, weights, dict(rows)) for rows in trials]
