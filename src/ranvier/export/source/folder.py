"""A folder with the network as plain source in three frameworks, and its weights."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import Graph
from ranvier.export.keras.writing import write_source as write_keras
from ranvier.export.programs.program import Arrays, Program, Trials
from ranvier.export.source.flax import write_flax
from ranvier.export.source.running import run_flax, run_keras_source, run_torch
from ranvier.export.source.torch import write_torch

# No file may be called as what it imports.
TORCH, FLAX, KERAS = "network_torch.py", "network_flax.py", "network_keras.py"


def write(program: Program, graph: Graph, folder: Path) -> None:
    """Write all three.

    Raises:
        ExportError: a step has no form in one of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_torch(program, graph, folder / TORCH)
    write_flax(program, graph, folder / FLAX)
    try:
        write_keras(program, graph, folder / KERAS)
    except ExportError:
        if not program.usual:
            raise
        fixed = program.fixed()  # it may still be written for the usual sizes
        write_keras(fixed, fixed.graph(), folder / KERAS)


def run(folder: Path, trials: Trials) -> list[Arrays]:
    """What the Flax source answers, or another that is installed, where it answers otherwise.

    Keras is asked for the first of the trials alone, whose sizes it has in any case.

    Raises:
        ExportError: one does not run.
    """
    found = run_flax(folder / FLAX, trials)
    if find_spec("torch") is not None:
        found = _worse(found, run_torch(folder / TORCH, trials))
    if find_spec("keras") is not None:
        found = _worse(found, run_keras_source(folder / KERAS, trials[:1]))
    return found


def _worse(found: list[Arrays], others: list[Arrays]) -> list[Arrays]:
    """The others where they differ."""
    pairs = zip(found, others, strict=False)
    worse = [
        {name: other[name] if _apart(other[name], array) else array for name, array in one.items()}
        for one, other in pairs
    ]
    return [*worse, *found[len(others) :]]


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape != other.shape or not np.allclose(one, other, rtol=1e-4, atol=1e-5)
