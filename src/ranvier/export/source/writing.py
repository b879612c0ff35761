"""What both frameworks' files have in common, and how they reach the disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ranvier.export.graph import Graph
from ranvier.export.programs.program import Program
from ranvier.export.source.repeating import Blocks
from ranvier.export.text import WIDTH, identifier, literal


@dataclass(frozen=True)
class Parts:
    """A file and its weights.

    Attributes:
        source: lines.
        weights: by the names that the framework gives them.
        graph: whose inputs and outputs are named in the file of weights.
    """

    source: list[str]
    weights: dict[str, np.ndarray]
    graph: Graph


def written(parts: Parts, path: Path) -> None:
    """Write both, the weights first."""
    about = {
        "inputs": json.dumps({name: identifier(name) for name in parts.graph.inputs}),
        "outputs": json.dumps(list(parts.graph.outputs)),
    }
    arrays = {name: np.ascontiguousarray(array) for name, array in parts.weights.items()}
    save_file(arrays, path.with_suffix(".safetensors"), metadata=about)
    path.write_text("\n".join(parts.source) + "\n", encoding="utf-8")


def signature(name: str, program: Program, kind: str, returns: str) -> list[str]:
    """The first lines of the method that computes."""
    return _method(name, [identifier(name) for name in program.inputs], kind, returns)


def _method(name: str, takes: list[str], kind: str, returns: str) -> list[str]:
    inputs = [f"{given}: {kind}" for given in takes]
    line = f"    def {name}({', '.join(['self', *inputs])}) -> {returns}:"
    if len(line) <= WIDTH:
        return [line]
    found = [f"    def {name}(", "        self,"]
    return [*found, *(f"        {given}," for given in inputs), f"    ) -> {returns}:"]


def block_of(blocks: Blocks | None, kind: str, opening: str, name: str) -> list[str]:
    """The class of what is repeated; nothing where nothing is."""
    if blocks is None:
        return []
    return [
        *opening.splitlines(),
        *blocks.lines,
        "",
        *_method(name, blocks.inputs, kind, kind),
        *blocks.body(),
        "",
        "",
    ]


def pair(shapes: list[tuple[str, str]], kind: str) -> list[str]:
    """A function that makes inputs."""
    return [
        "",
        f"def zeros(batch: int = 1) -> dict[str, {kind}]:",
        '    """Inputs of the right shapes and types."""',
        "    return {",
        *(f"        {literal(identifier(name))}: {made}," for name, made in shapes),
        "    }",
        "",
    ]


def used(text: str, word: str, where: str) -> list[str]:
    """Lines that are only there where something needs them."""
    return text.splitlines() if word in where else []
