"""Rows that are laid flat before dense layers, and back behind them, keep their axes instead.

A dense layer takes any number of axes; (b, steps, n) to (b * steps, n) and back only hides it.
"""

from __future__ import annotations

from collections.abc import Mapping

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
            elif step.kind != "dense" and step.kind not in ELEMENTWISE:
                return None
            elif output not in found:
                shape = (*whole.shape[:-1], output.shape[-1])
                found[output] = Value(output.name, shape, output.dtype)
                steps.add(step)
                todo.append(output)
    fits = all(_fits(operand, step, found) for step in steps for operand in step.inputs)
    return found if fits else None


def _fits(operand: Operand | None, step: Step, found: Mapping[Operand | None, Operand]) -> bool:
    """Whether an input of a step between is flat itself, or the same for all rows."""
    if isinstance(operand, Constant):
        return step.kind == "dense" or all(size == 1 for size in operand.shape[:-1])
    return operand is None or operand in found


def _value(operand: Operand) -> Value:
    assert isinstance(operand, Value)
    return operand
