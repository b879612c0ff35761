"""StableHLO by `jax.export`: the function as XLA takes it, for any number of rows at once.

The file holds the weights. With `data = bytearray(path.read_bytes())`,
`jax.export.deserialize(data).call({name: array, ...})` runs it, without Flax and without Ranvier,
on CPUs, GPUs and TPUs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ranvier.errors import ExportError
from ranvier.export.extra import needs
from ranvier.export.graph import BATCH
from ranvier.export.programs.program import Arrays, Program, Trials
from ranvier.export.symbols import known_sizes, symbolic
from ranvier.layers.marking import plainly

EXTRA = "stablehlo"
PLATFORMS = ("cpu", "cuda", "tpu")


def write(program: Program, path: Path) -> None:
    """Write the file.

    Raises:
        MissingExtraError: flatbuffers is not installed.
        ExportError: the network has to know its sizes.
    """
    needs("flatbuffers", EXTRA)
    scope = jax.export.SymbolicScope()
    shapes = {
        name: jax.ShapeDtypeStruct(symbolic((BATCH, *tensor.shape), scope), tensor.dtype)
        for name, tensor in program.inputs.items()
    }

    def function(given: Mapping[str, Any]) -> dict[str, Any]:
        return program.function(program.weights, given)

    with jax.enable_x64(_is_wide(program)), plainly(), known_sizes(free=bool(program.usual)):
        exported = jax.export.export(jax.jit(function), platforms=PLATFORMS)(shapes)
    path.write_bytes(exported.serialize())


def run(path: Path, trials: Trials) -> list[Arrays]:
    """What the file makes of several tables of rows.

    Raises:
        MissingExtraError: flatbuffers is not installed.
        ExportError: JAX does not take it.
    """
    needs("flatbuffers", EXTRA)
    found = []
    try:
        exported = jax.export.deserialize(bytearray(path.read_bytes()))
        for rows in trials:
            with jax.enable_x64(any(array.dtype == np.float64 for array in rows.values())):
                found.append(exported.call(dict(rows)))
    except (ValueError, TypeError, RuntimeError) as error:
        raise ExportError(f"JAX does not run what was written: {error}") from error
    return [{name: np.asarray(array) for name, array in one.items()} for one in found]


def _is_wide(program: Program) -> bool:
    return any(tensor.dtype == "float64" for tensor in program.inputs.values())
