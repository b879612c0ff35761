"""The body of a network's function, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ranvier.export.graph import BATCH, WORDS, Constant, Graph, Operand, Step, Value
from ranvier.export.source.dialect import Dialect
from ranvier.export.source.expressions import Text, listed
from ranvier.export.source.holding import Held
from ranvier.export.source.naming import variables
from ranvier.export.source.plan import Line, lines
from ranvier.export.source.repeating import Blocks, Entry, repeated
from ranvier.export.source.wrapping import is_wide
from ranvier.export.text import identifier, literal

OWN = (
    "self",
    "batch",
    "read",
    "torch",
    "nn",
    "F",
    "jax",
    "jnp",
    "nnx",
    "load",
    "zeros",
    "Path",
    "block",
)


@dataclass(frozen=True)
class Function:
    """The network as text.

    Attributes:
        body: of the function.
        lines: of the constructor.
        weights: what the file beside the source holds.
        blocks: what is repeated, if anything is.
    """

    body: list[str]
    lines: list[str]
    weights: dict[str, np.ndarray]
    blocks: Blocks | None


def function(graph: Graph, dialect: Dialect) -> Function:
    """Everything that is said of the graph in a dialect."""
    alone: set[Value] = set()
    while True:
        plan = lines(graph, alone)
        writer = _Writer(graph, dialect, plan)
        entries, wide = writer.entries()
        if wide is None:
            return _finished(entries, writer.returned(), writer.held, dialect)
        alone.add(wide)


def _finished(entries: list[Entry], returned: str, held: Held, dialect: Dialect) -> Function:
    """The lines as text, with what is repeated in blocks."""
    blocks = repeated(entries, returned, held.attributes, dialect)
    gone = set() if blocks is None else {name for names in blocks.names for name in names}
    own = {name: a for name, a in held.attributes.items() if name not in gone}
    lines = [line for name, attribute in own.items() for line in attribute.made(name)]
    weights = {name + key: w for name, a in own.items() for key, w in a.weights.items()}
    if blocks is None:
        body = [line for entry in entries for line in entry.lines()]
        return Function([*body, returned], lines, weights, None)
    for number, names in enumerate(blocks.names):
        for name, local in names.items():
            for key, array in held.attributes[name].weights.items():
                weights[f"blocks.{number}.{local}{key}"] = array
    before, behind = entries[: blocks.first], entries[blocks.last :]
    body = [line for entry in before for line in entry.lines()]
    body += blocks.loop()
    body += [line for entry in behind for line in entry.lines()]
    return Function([*body, returned], lines, weights, blocks)


class _Writer:
    def __init__(self, graph: Graph, dialect: Dialect, plan: list[Line]) -> None:
        self.held = Held(dialect)
        self._graph, self._dialect, self._plan = graph, dialect, plan
        self._names = variables(graph, plan, OWN)
        self._lengths: dict[str, str] = {}
        for name, value in graph.inputs.items():
            for axis, size in enumerate(value.shape):
                if isinstance(size, str):
                    self._lengths.setdefault(size, f"{identifier(name)}.shape[{axis}]")

    def entries(self) -> tuple[list[Entry], Value | None]:
        """The lines, and what has to get a line of its own for them to fit."""
        found: list[Entry] = []
        for line in self._plan:
            text = self._step(line.step, line)
            target = ", ".join(self._names[output] for output in line.step.outputs)
            if line.step.kind == "recurrent" and len(line.step.outputs) == 1:
                target = f"_, {target}"
            joined = line.step.kind in ("concatenate", "stack")
            if line.within and is_wide(target, text.words) and not joined:
                return found, self._longest(line)
            found.append(Entry(target, text.words, self._shape(line)))
        return found, None

    def _shape(self, line: Line) -> str:
        """The new shape, where it is another one."""
        output = next((o for o in line.step.outputs if self._names[o] != "_"), None)
        if (
            output is None
            or not output.shape
            or any(value.shape == output.shape for value in line.reads)
        ):
            return ""
        words = WORDS | {BATCH: "batch"}
        sizes = [str(size).replace("*", " * ") for size in output.shape]
        return listed([re.sub(r"[a-z]\w*", lambda s: words.get(s[0], s[0]), s) for s in sizes])

    def _longest(self, line: Line) -> Value:
        """The direct part of a line that takes most space."""
        parts = [o for o in line.step.inputs if isinstance(o, Value) and o in line.within]
        return max(parts, key=lambda part: len(self._operand(part, line.step, line).words))

    def _step(self, step: Step, line: Line) -> Text:
        layer = self._dialect.layer(step)
        if layer is not None:
            reads = [self._operand(value, step, line) for value in layer.reads]
            return layer.call(self.held.layer(step, layer), reads)
        operands = [self._operand(o, step, line) for o in step.inputs if o is not None]
        return self._dialect.operation(step, operands, self._lengths)

    def _operand(self, operand: Operand, step: Step, line: Line) -> Text:
        if isinstance(operand, Constant):
            return self.held.constant(operand, step)
        if operand in line.within:
            return self._step(line.within[operand], line)
        return Text(self._names[operand])

    def returned(self) -> str:
        """One result as it is, and several by name."""
        outputs = self._graph.outputs
        last = Step("return", (), ())
        words = {
            name: self._names[o] if isinstance(o, Value) else self._fixed(o, last)
            for name, o in outputs.items()
        }
        if len(words) == 1:
            return f"        return {next(iter(words.values()))}"
        pairs = [f"            {literal(name)}: {word}," for name, word in words.items()]
        return "\n".join(["        return {", *pairs, "        }"])

    def _fixed(self, constant: Constant, step: Step) -> str:
        wide = Value("rows", constant.shape, constant.dtype)
        return self.held.constant(constant, Step("return", (), (wide,))).words
