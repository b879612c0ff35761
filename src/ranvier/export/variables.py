"""Which variable of a written function holds each array of a graph.

A step's result takes over the variable of an input that nothing reads afterwards, as people write:
`x = dense(x)`, `y = gelu(x)`, `x = x + y`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ranvier.export.graph import Graph, Operand, Value
from ranvier.export.text import Names

LETTERS = ("x", "y", "z", "u", "v", "w", "p", "q", "r", "s", "t")


def variables(graph: Graph, taken: Iterable[str] = ()) -> dict[Value, str]:
    """A name for each value; inputs bear their own.

    Args:
        graph: whose steps are written in their order, one a line.
        taken: names that the function uses otherwise.
    """
    names = Names(taken)
    found = {value: names.one(name) for name, value in graph.inputs.items()}
    own = set(found.values()) | set(taken)
    last = _last_reads(graph)
    for number, step in enumerate(graph.steps):
        free = [
            found[operand]
            for operand in step.inputs
            if isinstance(operand, Value)
            and last[operand] == number
            and found[operand] not in own
            and (operand.dtype == "bool") == (step.outputs[0].dtype == "bool")
        ]
        live = {found[value] for value in found if last.get(value, -1) > number}
        for output in step.outputs:
            name = free.pop(0) if free else _fresh(output, live | own)
            found[output] = name
            live.add(name)
    return found


def _last_reads(graph: Graph) -> dict[Value, int]:
    """The number of the step that reads a value last; of a result, one behind all steps."""
    found: dict[Value, int] = {}
    for number, step in enumerate(graph.steps):
        found.update((value, number) for value in step.inputs if isinstance(value, Value))
    results: Iterable[Operand] = graph.outputs.values()
    found.update((value, len(graph.steps)) for value in results if isinstance(value, Value))
    return found


def _fresh(value: Value, live: set[str]) -> str:
    """A name that is not in use at this place."""
    candidates = ("mask",) if value.dtype == "bool" else LETTERS
    for name in candidates:
        if name not in live:
            return name
    return Names(live).one(candidates[0])
