"""Every family in every format, run by somebody else: `python -m tests.export.matrix`.

Writes `docs/export-matrix.md`. TensorFlow and PyTorch come from the environments of the benchmarks,
which are made the first time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.environments import ROOT, python_of
from ranvier.errors import RanvierError
from ranvier.export import stablehlo
from ranvier.export.keras import writing as keras
from ranvier.export.onnx import writing as onnx
from ranvier.export.programs.program import Arrays, Program
from ranvier.export.source.flax import write_flax
from ranvier.export.source.running import run_flax, run_torch
from ranvier.export.source.torch import write_torch
from tests.export.models import FAMILIES, model
from tests.export.test_stablehlo import ALONE

PAGE = ROOT / "docs" / "export-matrix.md"
BATCHES = (1, 3, 32)
Cell = Callable[[Program, Path, Arrays], Arrays]


def main() -> int:
    """Fill the table."""
    lines = [
        f"| | {' | '.join(COLUMNS)} |",
        f"|---|{'---|' * len(COLUMNS)}",
    ]
    for name in FAMILIES:
        program = model(name)._exported()
        cells = []
        for title, column in COLUMNS.items():
            cells.append(_cell(program, column))
            print(f"{name}, {title}: {cells[-1]}", file=sys.stderr, flush=True)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    PAGE.write_text(ABOUT + "\n".join(lines) + "\n")
    return 0


ABOUT = """# Every family in every format

Written by `python -m tests.export.matrix`: a small model of each family is written in each format
and run by the runtime that is named, at batch sizes of 1, 3 and 32. A cell is the largest
difference from the model's own answers, in units of the answer (a probability, a standard
deviation of the target, half the range of pixels); or what the runtime says why it cannot be.

"""


def _cell(program: Program, column: Cell) -> str:
    largest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for batch in BATCHES:
            rows = {name: array[:batch] for name, array in program.rows.items()}
            try:
                found = column(program, Path(folder), rows)
            except (RanvierError, LookupError) as error:
                return str(error).replace("|", "/").replace("\n", " ")[:200]
            for name, answer in program.answers.items():
                unit = program.units.get(name, 1.0)
                apart = np.abs(found[name] - answer[:batch]).max(initial=0.0) / unit
                largest = max(largest, float(apart))
    return f"{largest:.0e}"


def _onnx(program: Program, folder: Path, rows: Arrays) -> Arrays:
    path = folder / "model.onnx"
    if not path.exists():
        onnx.write(program, program.graph(), path)
    return onnx.run(path, rows)


def _keras(environment: str, backend: str) -> Cell:
    def run(program: Program, folder: Path, rows: Arrays) -> Arrays:
        path = folder / "model.keras"
        if not path.exists():
            keras.write_keras(program, program.graph(), path)
        return keras.run_keras(path, rows, python=str(python_of(environment)), backend=backend)

    return run


def _saved_model(program: Program, folder: Path, rows: Arrays) -> Arrays:
    path, python = folder / "model", str(python_of("tensorflow"))
    if not path.exists():
        keras.write_saved_model(program, program.graph(), path, python=python)
    return keras.run_saved_model(path, rows, python=python)


def _litert(program: Program, folder: Path, rows: Arrays) -> Arrays:
    path, python = folder / "model.tflite", str(python_of("tensorflow"))
    if not path.exists():
        keras.write_litert(program, program.graph(), path, python=python)
    return keras.run_litert(path, rows, python=python)


def _stablehlo(program: Program, folder: Path, rows: Arrays) -> Arrays:
    path, given, made = folder / "model", folder / "rows.npz", folder / "found.npz"
    if not path.exists():
        stablehlo.write(program, path)
    np.savez(given, **rows)  # type: ignore[arg-type]
    places = [str(place) for place in (path, given, made)]
    subprocess.run([sys.executable, "-c", ALONE, *places], check=True, capture_output=True)
    return dict(np.load(made))


def _torch(program: Program, folder: Path, rows: Arrays) -> Arrays:
    path = folder / "network.py"
    if not path.exists():
        write_torch(program, program.graph(), path)
    return run_torch(path, rows, str(python_of("torch")))


def _flax(program: Program, folder: Path, rows: Arrays) -> Arrays:
    path = folder / "network.py"
    if not path.exists():
        write_flax(program, program.graph(), path)
    return run_flax(path, rows)


COLUMNS: dict[str, Cell] = {
    "ONNX, onnxruntime": _onnx,
    "Keras on JAX": _keras("jax", "jax"),
    "Keras on TensorFlow": _keras("tensorflow", "tensorflow"),
    "Keras on PyTorch": _keras("torch", "torch"),
    "SavedModel, TensorFlow": _saved_model,
    "LiteRT": _litert,
    "StableHLO, JAX alone": _stablehlo,
    "PyTorch source": _torch,
    "Flax source": _flax,
}

if __name__ == "__main__":
    sys.exit(main())
