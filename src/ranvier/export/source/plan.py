"""Which steps stand in a line of their own, and which within the line that needs them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ranvier.export.graph import Graph, Step, Value
from ranvier.export.kinds import ELEMENTWISE

WITHIN = ELEMENTWISE | {"clamp", "slice", "expand_dims", "squeeze"}
MOST = 6  # operations in a line
# What is called by name is easier to read alone.
ACTIVATIONS = {
    "relu", "silu", "elu", "selu", "leaky_relu", "softplus", "soft_sign", "hard_swish", "gelu",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A step that has a line, with the steps within it.

    Attributes:
        step: the outermost.
        within: the makers of the values that have no name.
        reads: the values with names, in the order in which they stand.
    """

    step: Step
    within: dict[Value, Step]
    reads: tuple[Value, ...]


def lines(graph: Graph, alone: Collection[Value]) -> list[Line]:
    """The steps that have lines; `alone`: values that have to get a name."""
    uses = graph.uses()
    makers = {output: step for step in graph.steps for output in step.outputs}
    sizes: dict[Step, int] = {}
    inner: set[Value] = set()
    results = {value for value in graph.outputs.values() if isinstance(value, Value)}
    for step in graph.steps:
        sizes[step] = 1
        for operand in step.inputs:
            maker = makers.get(operand) if isinstance(operand, Value) else None
            if maker is None or not isinstance(operand, Value) or operand in {*alone, *results}:
                continue
            fits = sizes[step] + sizes[maker] <= MOST
            if uses[operand] == 1 and _is_small(maker) and _takes(step) and fits:
                sizes[step] += sizes[maker]
                inner.add(operand)
    found = []
    for step in graph.steps:
        if step.outputs[0] not in inner:
            within: dict[Value, Step] = {}
            reads: dict[Value, None] = {}
            _collect(step, inner, makers, within, reads)
            found.append(Line(step, within, tuple(reads)))
    return found


def _collect(
    step: Step,
    inner: set[Value],
    makers: dict[Value, Step],
    within: dict[Value, Step],
    reads: dict[Value, None],
) -> None:
    for operand in step.inputs:
        if not isinstance(operand, Value):
            continue
        if operand in inner:
            within[operand] = makers[operand]
            _collect(makers[operand], inner, makers, within, reads)
        else:
            reads[operand] = None


def _is_small(step: Step) -> bool:
    return step.kind in WITHIN and step.kind not in ACTIVATIONS


def _takes(step: Step) -> bool:
    """Whether a step may have others within it: operations, not layers."""
    return step.kind in WITHIN or step.kind in ("concatenate", "stack", "sum", "max", "min")
