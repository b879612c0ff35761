"""Names of the variables: what is changed step by step keeps its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ranvier.export.graph import Graph, Step, Value
from ranvier.export.kinds import ELEMENTWISE
from ranvier.export.source.plan import Line
from ranvier.export.text import Names, identifier

LETTERS = ("x", "y", "z", "u", "v", "w")
FRESH = {"einsum": "scores", "count": "positions"}  # kinds whose result is something new
TURNING = {"cos": "cosines", "sin": "sines"}
# Kinds that leave an array what it is, so that a telling name stays true.
KEEPING = ELEMENTWISE | {"clamp", "softmax", "transpose", "reverse"}


def variables(graph: Graph, lines: list[Line], taken: Collection[str]) -> dict[Value, str]:
    """The name of each value that has one.

    Args:
        graph: whose inputs and outputs keep their own names.
        lines: in their order.
        taken: names that are not to be given.
    """
    found = {value: identifier(name) for name, value in graph.inputs.items()}
    kept = {*found.values(), *taken}
    results = {v: identifier(k) for k, v in graph.outputs.items() if isinstance(v, Value)}
    last = {value: number for number, line in enumerate(lines) for value in line.reads}
    last |= dict.fromkeys(results, len(lines))
    hints = _hints(graph)
    for number, line in enumerate(lines):
        live = {found[v] for v in found if last.get(v, -1) > number} | kept
        live |= {name for value, name in results.items() if value in found}
        free = [found[v] for v in line.reads if last[v] == number and found[v] not in kept
                and _alike(v, line.step.outputs[0])]  # fmt: skip
        for output in line.step.outputs:
            if output not in last:
                found[output] = "_"
                continue
            own = [results[output]] if output in results else []
            own += [hints[output]] if output in hints else []
            if line.step.kind in (*FRESH, "recurrent"):
                own += _usual(line.step, output)
            own += [name for name in free if name in LETTERS or line.step.kind in KEEPING]
            found[output] = _first([*own, *_usual(line.step, output)], live)
            live.add(found[output])
    return found


def _first(candidates: list[str], live: Collection[str]) -> str:
    for name in candidates:
        if name not in live:
            return name
    return Names(live).one(candidates[-1])


def _alike(value: Value, other: Value) -> bool:
    return (value.dtype == "bool") == (other.dtype == "bool")


def _usual(step: Step, output: Value) -> list[str]:
    """What a new value may be called, the best first."""
    if output.dtype == "bool":
        return ["mask"]
    if step.kind == "recurrent":
        words = [word for word in step.name.split("/") if not word.isdigit()]
        return [identifier(words[-1]), "states"] if words else ["states"]
    return [FRESH[step.kind]] if step.kind in FRESH else list(LETTERS)


def _hints(graph: Graph) -> Mapping[Value, str]:
    """Three even parts of one array are what attention asks with, is asked by and gives.

    Cosines and sines are called so, also with axes of 1 beside their own.
    """
    found: dict[Value, str] = {}
    parts: dict[Value, list[Step]] = {}
    for step in graph.steps:
        x = step.inputs[0] if step.inputs else None
        if step.kind in TURNING:
            found[step.outputs[0]] = TURNING[step.kind]
        elif step.kind == "expand_dims" and x in found:
            found[step.outputs[0]] = found[x]
        elif step.kind == "slice" and isinstance(x, Value):
            parts.setdefault(x, []).append(step)
    for cuts in parts.values():
        shapes = {cut.outputs[0].shape for cut in cuts}
        if len(cuts) == 3 and len(shapes) == 1 and len(cuts[0].outputs[0].shape) > 3:
            for cut, name in zip(cuts, ("query", "key", "value"), strict=True):
                found[cut.outputs[0]] = name
    return found
