"""Rows that are laid flat before dense layers, and back behind them, keep their axes instead.

A dense layer takes any number of axes; (b, steps, n) to (b * steps, n) and back only hides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ranvier.export.graph import Constant, Graph, Operand, Step, Value
from ranvier.export.kinds import ELEMENTWISE


def unflattened(graph: Graph) -> Graph:
    """The same without such reshapes; changes the graph's steps."""
    readers: dict[Operand | None, list[Step]] = {}
    for step in graph.steps:
        for operand in dict.fromkeys(step.inputs):
            readers.setdefault(operand, []).append(step)
    results = set(graph.outputs.values())
    replaced: dict[Operand | None, Operand] = {}
    for step in graph.steps:
        step.inputs = tuple(replaced.get(operand, operand) for operand in step.inputs)
        step.outputs = tuple(_value(replaced.get(value, value)) for value in step.outputs)
        whole = step.inputs[0] if step.inputs else None
        if step.kind == "slice" and isinstance(whole, Value):
            step.settings = _of_rank(step.settings, whole)
        flat = step.outputs[0]
        if step.kind != "reshape" or not isinstance(whole, Value) or not _is_flat(whole, flat):
            continue
        between = _between(whole, flat, readers)
        asked = results.intersection(between or ())
        if between is not None and all(value.shape[0] != flat.shape[0] for value in asked):
            replaced |= between
    outputs = {name: replaced.get(value, value) for name, value in graph.outputs.items()}
    steps = [step for step in graph.steps if step.outputs[0] not in step.inputs]
    return Graph(graph.inputs, outputs, steps).pruned()


def _is_flat(whole: Value, flat: Value) -> bool:
    return len(flat.shape) == 2 < len(whole.shape) and flat.shape[-1] == whole.shape[-1]


def _between(
    whole: Value, flat: Value, readers: Mapping[Operand | None, list[Step]]
) -> dict[Operand | None, Operand] | None:
    """For each value from flat rows to whole ones again, the value that takes its place.

    None where something stands between that has to have the rows flat.
    """
    found: dict[Operand | None, Operand] = {flat: whole}
    steps: set[Step] = set()
    todo = [flat]
    while todo:
        value = todo.pop()
        for step in readers.get(value, ()):
            (output,) = step.outputs if len(step.outputs) == 1 else (None,)
            if output is None:
                return None
            if step.kind == "reshape" and output.shape == (*whole.shape[:-1], value.shape[-1]):
                found[output] = found[value]
            elif not _is_by_row(step):
                return None
            elif output not in found:
                shape = (*whole.shape[:-1], output.shape[-1])
                found[output] = Value(output.name, shape, output.dtype)
                steps.add(step)
                todo.append(output)
    fits = all(_fits(operand, step, found) for step in steps for operand in step.inputs)
    return found if fits else None


def _is_by_row(step: Step) -> bool:
    """Whether a step does the same to each row."""
    if step.kind == "slice":
        given = step.settings
        (x,) = step.inputs
        whole = x is not None and given["limits"][0] == x.shape[0] == step.outputs[0].shape[0]
        return bool(whole and given["strides"][0] == 1)
    return step.kind == "dense" or step.kind in ELEMENTWISE


def _of_rank(cut: dict[str, Any], x: Value) -> dict[str, Any]:
    """What a slice cuts off the last axis of flat rows, off whole ones."""
    more = len(x.shape) - len(cut["starts"])
    if not more:
        return cut
    return {
        "starts": [*[0] * (more + 1), *cut["starts"][1:]],
        "limits": [*x.shape[: more + 1], *cut["limits"][1:]],
        "strides": [*[1] * (more + 1), *cut["strides"][1:]],
    }


def _fits(operand: Operand | None, step: Step, found: Mapping[Operand | None, Operand]) -> bool:
    """Whether an input of a step between is flat itself, or the same for all rows."""
    if isinstance(operand, Constant):
        return step.kind == "dense" or all(size == 1 for size in operand.shape[:-1])
    return operand is None or operand in found


def _value(operand: Operand) -> Value:
    assert isinstance(operand, Value)
    return operand
