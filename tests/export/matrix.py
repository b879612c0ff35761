"""Every family in every format, run by somebody else: `python -m tests.export.matrix`.

Writes `docs/export-matrix.md`; `test_matrix` asks that each cell is as near to the model as its
format promises. TensorFlow and PyTorch come from the environments of the benchmarks, which are made
the first time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.environments import ROOT, python_of
from ranvier.errors import ExportError
from ranvier.export import stablehlo
from ranvier.export.formats import FORMATS
from ranvier.export.graph import words_of
from ranvier.export.keras import writing as keras
from ranvier.export.onnx import writing as onnx
from ranvier.export.programs.program import Arrays, Program
from ranvier.export.source.flax import write_flax
from ranvier.export.source.running import run_flax, run_torch
from ranvier.export.source.torch import write_torch
from ranvier.export.writing import compared
from tests.export.models import FAMILIES, model
from tests.export.test_stablehlo import ALONE

PAGE = ROOT / "docs" / "export-matrix.md"
BATCHES = (1, 3, 32)
# Other data and tasks, beside one of each family.
MORE = ("fcnn", "rnn", "forecast", "gpt", "super-resolution", "custom")
ROWS = (*FAMILIES, *MORE)
Write = Callable[[Program, Path], None]
Run = Callable[[Path, Sequence[Arrays]], list[Arrays]]


def main() -> int:
    """Fill the table."""
    lines = [
        f"| | free sizes | {' | '.join(COLUMNS)} |",
        f"|---|---|{'---|' * len(COLUMNS)}",
    ]
    reasons: list[str] = []
    for name in ROWS:
        program = model(name)._exported()
        cells = []
        for title in COLUMNS:
            cells.append(_written(program, title, reasons))
            print(f"{name}, {title}: {cells[-1]}", file=sys.stderr, flush=True)
        free = ", ".join(map(str, words_of(("b", *program.usual))))
        lines.append(f"| {name} | {free} | {' | '.join(cells)} |")
    lines += ["", *(f"{number}. {reason}" for number, reason in enumerate(reasons, 1))]
    PAGE.write_text(ABOUT + "\n".join(lines).rstrip() + "\n")
    return 0


ABOUT = """---
hide:
  - toc
---

# Every family in every format

Written by `python -m tests.export.matrix`: a small model of each family is written in each format
and run by the runtime that is named, at batch sizes of 1, 3 and 32, and, where the length of rows
or the size of pictures is free, also with shorter and smaller ones. A cell is the largest
difference from the model's own answers, in units of the answer (a probability, a standard
deviation of the target, half the range of pixels). "fixed" says that this format holds the network
for the sizes of training only; a number in brackets is the reason below why it cannot be written.

"""


def _written(program: Program, title: str, reasons: list[str]) -> str:
    try:
        difference, fixed = cell(program, title)
    except (ExportError, LookupError) as error:
        said = " ".join(str(error).split()).split(".<unknown>")[0]  # and then a stack of calls
        reasons.append(f"`{said.split('loc(')[0]}`")
        return f"[{len(reasons)}]"
    return f"{difference:.0e}" + (" fixed" if fixed else "")


def cell(program: Program, title: str) -> tuple[float, bool]:
    """The largest difference, and whether sizes had to be fixed that the network leaves free."""
    write, run = COLUMNS[title]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.py" if "source" in title else "model.keras")
        written = program if "LiteRT" not in title else program.fixed()
        try:
            write(written, path)
        except ExportError:
            if not written.usual:
                raise
            written = program.fixed()
            write(written, path)
        trials = [_first(written, batch) for batch in BATCHES]
        trials += [_first(written.resized(), 3)] if written.usual else []
        found = run(path, [trial.rows for trial in trials])
    difference = max(compared(*both) for both in zip(trials, found, strict=True))
    return difference, bool(program.usual) and not written.usual


def _first(program: Program, count: int) -> Program:
    rows = {name: array[:count] for name, array in program.rows.items()}
    return replace(program, rows=rows, answers={n: a[:count] for n, a in program.answers.items()})


def _of(write: Callable[..., None], **more: str) -> Write:
    """A writer of graphs."""
    return lambda program, path: write(program, program.graph(), path, **_places(more))


def _by(run: Callable[..., list[Arrays]], **more: str) -> Run:
    return lambda path, trials: run(path, trials, **_places(more))


def _places(more: dict[str, str]) -> dict[str, str]:
    """With interpreters in place of the names of environments."""
    return {k: str(python_of(v)) if k == "python" else v for k, v in more.items()}


def _alone(path: Path, trials: Sequence[Arrays]) -> list[Arrays]:
    """A StableHLO file in a process without Flax."""
    found = []
    for rows in trials:
        given, made = path.with_name("rows.npz"), path.with_name("found.npz")
        np.savez(given, **rows)  # type: ignore[arg-type]
        places = [str(place) for place in (path, given, made)]
        subprocess.run([sys.executable, "-c", ALONE, *places], check=True, capture_output=True)
        found.append(dict(np.load(made)))
    return found


COLUMNS: dict[str, tuple[Write, Run]] = {
    "ONNX, onnxruntime": (_of(onnx.write), onnx.run),
    "Keras on JAX": (_of(keras.write_keras), _by(keras.run_keras, python="jax", backend="jax")),
    "Keras on TensorFlow": (
        _of(keras.write_keras), _by(keras.run_keras, python="tensorflow", backend="tensorflow"),
    ),
    "Keras on PyTorch": (
        _of(keras.write_keras), _by(keras.run_keras, python="torch", backend="torch"),
    ),
    "SavedModel, TensorFlow": (
        _of(keras.write_saved_model, python="tensorflow"),
        _by(keras.run_saved_model, python="tensorflow"),
    ),
    "LiteRT": (
        _of(keras.write_litert, python="tensorflow"), _by(keras.run_litert, python="tensorflow"),
    ),
    "StableHLO, JAX alone": (stablehlo.write, _alone),
    "PyTorch source": (_of(write_torch), _by(run_torch, python="torch")),
    "Flax source": (_of(write_flax), _by(run_flax)),
}  # fmt: skip
TOLERANCES = dict.fromkeys(COLUMNS, 1e-4) | {
    "ONNX, onnxruntime": FORMATS["onnx"].tolerance,
    "StableHLO, JAX alone": FORMATS["stablehlo"].tolerance,
}

if __name__ == "__main__":
    sys.exit(main())
