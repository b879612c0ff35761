"""The docstring of a written file: what the network is, what it takes and what it gives."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from ranvier.export.graph import Graph, words_of
from ranvier.export.programs.program import Program
from ranvier.export.text import INDENT, WIDTH

TASKS = {
    "binary": "It tells which of two classes a row is of.",
    "multiclass": "It tells which of several classes a row is of.",
    "multilabel": "It tells which labels a row has.",
    "regression": "It predicts numbers.",
}
FEW = 40  # classes that are listed


def heading(program: Program, graph: Graph, path: Path, framework: str) -> list[str]:
    """Lines of the docstring."""
    task = TASKS.get(str(program.about.get("task", "")), "")
    found = [f'"""A trained network in plain {framework}.', ""]
    if task:
        found += [task, ""]
    found.append("Inputs:")
    for name, tensor in program.inputs.items():
        sizes = shape(("batch", *words_of(tensor.shape)))
        found += _wrapped(f"{name}: {tensor.dtype} {sizes}: {tensor.about}.")
    found += ["", "Outputs:" if len(graph.outputs) > 1 else "Output:"]
    for name, operand in graph.outputs.items():
        sizes = shape(("batch", *words_of(operand.shape[1:])))
        found += _wrapped(f"{name}: {operand.dtype} {sizes}{_classes(program, name)}.")
    found += ["", f"The weights lie beside this file in {path.with_suffix('.safetensors').name}."]
    return [*found, '"""', ""]


def shape(sizes: tuple[Any, ...]) -> str:
    """(batch, 64), or (batch,)."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


def _classes(program: Program, name: str) -> str:
    classes = program.about.get("classes")
    if name != "probabilities" or not classes:
        return ""
    listed = ", ".join(map(str, classes[:FEW])) + (", ..." if len(classes) > FEW else "")
    return f", of the classes {listed}"


def _wrapped(words: str) -> list[str]:
    """An entry in as many lines as it takes, with nothing that ends a docstring."""
    plain = " ".join(words.split()).replace("\\", "\\\\").replace('"', "'")
    inner = INDENT * 2
    return textwrap.wrap(
        plain, WIDTH, initial_indent=INDENT, subsequent_indent=inner, break_on_hyphens=False
    )
