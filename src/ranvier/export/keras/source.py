"""From a graph to the text of a Python file that builds it in Keras, and its weights.

The text needs nothing but Keras. Layers are Keras's own, under the names of the network, so that a
`.keras` file of the model opens without custom objects. What is known and too long for the text
are rows of tables (`Embedding`), the only layer of Keras that holds an array and nothing else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ranvier.errors import ExportError
from ranvier.export.graph import Graph, Value, words_of
from ranvier.export.keras.layers import LAYERS
from ranvier.export.keras.operations import OPERATION_RULES
from ranvier.export.keras.rows_first import rows_first
from ranvier.export.keras.writer import Arrays, Writer, is_sum_with_weights
from ranvier.export.programs.program import Tensor
from ranvier.export.text import INDENT, WIDTH, call, identifier, literal, shape_text

CONSTANT = '''
def constant(zero, name, *shape):
    """An array of weights: row 0 of a table that has no other."""
    table = keras.layers.Embedding(1, math.prod(shape), name=name)
    return keras.ops.reshape(table(zero), shape)

'''
LOAD = '''

def load(path=None):
    """The network with its weights, which lie beside this file."""
    weights = load_file(path or Path(__file__).with_suffix(".safetensors"))
    network = build()
    for layer in network.layers:
        names = [f"{layer.name}/{variable.name}" for variable in layer.weights]
        layer.set_weights([weights[name] for name in names])
    return network


if __name__ == "__main__":
    network = load()
    network.summary()
'''


@dataclass(frozen=True)
class Source:
    """What was written.

    Attributes:
        text: of the file, whose `build()` gives a keras.Model.
        weights: float arrays by "layer/variable", as Keras has them.
    """

    text: str
    weights: Arrays


def source_of(
    graph: Graph,
    inputs: Mapping[str, Tensor] | None = None,
    usual: Mapping[str, int] | None = None,
) -> Source:
    """The graph in Keras.

    Args:
        graph: what is computed.
        inputs: what is said of each input.
        usual: how large free sizes are in the trial at the end of the text.

    Raises:
        ExportError: Keras has no form for a step of it.
    """
    turned = rows_first(graph)
    writer = _written(turned, frozenset())
    twins = frozenset(twin for twin, count in writer.seen.items() if count > 1)
    writer = _written(turned, twins) if twins else writer
    above = _inputs(writer.graph) + _constants(writer)
    body = [*above, "", *writer.lines, *_model(writer)]
    lines = [*_head(writer, inputs or {}), "", "def build():",
             f'{INDENT}"""The network, with weights yet to be loaded."""', *body]  # fmt: skip
    text = "\n".join(lines) + "\n" + LOAD + "\n".join(_trial(graph, usual or {})) + "\n"
    return Source(text, writer.weights)


def _written(graph: Graph, shared: frozenset[bytes]) -> Writer:
    """All steps; `shared`: layers that are called more than once."""
    writer = Writer(graph, shared)
    for step in graph.steps:
        rule = LAYERS.get(step.kind)
        if rule is None or (step.kind == "einsum" and not is_sum_with_weights(step)):
            rule = OPERATION_RULES.get(step.kind)
        if rule is None:
            raise ExportError(f'Keras has nothing for a step of the kind "{step.kind}".')
        rule(writer, step)
    return writer


def _head(writer: Writer, inputs: Mapping[str, Tensor]) -> list[str]:
    """The docstring, imports, and the helper where it is needed."""
    lines = ['"""A network made by Ranvier, in Keras 3: `load()` gives it with its weights.', ""]
    lines += ["Inputs, each with one row of the batch after another:", ""]
    for name, value in writer.graph.inputs.items():
        about = f": {inputs[name].about}" if name in inputs else ""
        lines += _wrapped(f"{name} {shape_text(words_of(value.shape))} {value.dtype}{about}")
    lines += ["", "Outputs:", ""]
    for name, result in writer.graph.outputs.items():
        lines += _wrapped(f"{name} {shape_text(words_of(result.shape))} {result.dtype}")
    known = writer.constants
    lines += ['"""', ""]
    lines += ["import math"] if known else []
    lines += ["from pathlib import Path", "", "import keras", "import numpy as np"]
    lines += ["from safetensors.numpy import load_file", ""]
    return [*lines, *CONSTANT.rstrip("\n").split("\n"), ""] if known else lines


def _wrapped(text: str) -> list[str]:
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    return textwrap.wrap(
        safe, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT * 2, break_on_hyphens=False
    )


def _inputs(graph: Graph) -> list[str]:
    lines = []
    for name, value in graph.inputs.items():
        shape = literal(tuple(None if isinstance(size, str) else size for size in value.shape[1:]))
        arguments = [shape, f'dtype="{value.dtype}"', f'name="{name}"']
        lines += call(f"{identifier(name)} = keras.Input", arguments)
    return lines


def _constants(writer: Writer) -> list[str]:
    """The tables of one row, and the number of that row."""
    if not writer.constants:
        return []
    value = next(iter(writer.graph.inputs.values()))
    corner = f"{writer.variable(value)}[{', '.join('0' for _ in value.shape)}]"
    lines = [f'{INDENT}zero = keras.ops.zeros_like({corner}, dtype="int32")']
    for name, known in writer.constants:
        writer.weights[f"{name}/embeddings"] = known.array.reshape(1, -1)
        lines += call(f"{name} = constant", ["zero", f'"{name}"', *map(str, known.shape)])
    return lines


def _model(writer: Writer) -> list[str]:
    """The line that makes the model."""

    def together(items: Sequence[str]) -> str:
        return "{" + ", ".join(items) + "}"

    inputs = [f'"{name}": {writer.variable(v)}' for name, v in writer.graph.inputs.items()]
    results = []
    for name, result in writer.graph.outputs.items():
        if not isinstance(result, Value):
            raise ExportError(f'The result "{name}" does not depend on what comes in.')
        results.append(f'"{name}": {writer.variable(result)}')
    return call("return keras.Model", [together(inputs), together(results), 'name="network"'])


def _trial(graph: Graph, usual: Mapping[str, int]) -> list[str]:
    """What the file does where it is run."""
    lines = [f"{INDENT}zeros = {{"]
    for name, value in graph.inputs.items():
        sizes = (size if isinstance(size, int) else usual[size] for size in value.shape[1:])
        shape = literal((1, *sizes))
        lines.append(f'{INDENT * 2}"{name}": np.zeros({shape}, "{value.dtype}"),')
    return [*lines, f"{INDENT}}}", f"{INDENT}print(network(zeros))"]
