"""Steps put together, and steps that nothing needs: so that a graph reads like the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ranvier.export.flattening import unflattened
from ranvier.export.graph import Constant, Graph, Operand, Size, Step, Value
from ranvier.export.kinds import ELEMENTWISE

BIASED = ("dense", "convolution", "transposed_convolution")


def fused(graph: Graph) -> Graph:
    """The same with biases inside their layers, layers named, and numbers spread where needed."""
    graph = once(_without_spreading(once(graph)))
    graph = _sizes_first(_with_biases(unflattened(graph)))
    return _named(graph).pruned()


def once(graph: Graph) -> Graph:
    """What is computed twice is computed once; changes the inputs of the graph's steps."""
    known: dict[Any, Step] = {}
    replaced: dict[Operand | None, Operand] = {}
    steps = []
    for step in graph.steps:
        step.inputs = tuple(replaced.get(operand, operand) for operand in step.inputs)
        key = (step.kind, tuple(map(_key, step.inputs)), repr(step.settings))
        if key in known:
            replaced.update(zip(step.outputs, known[key].outputs, strict=True))
            continue
        known[key] = step
        steps.append(step)
    outputs = {name: replaced.get(value, value) for name, value in graph.outputs.items()}
    return Graph(graph.inputs, outputs, steps)


def _key(operand: Operand | None) -> Any:
    if isinstance(operand, Constant):
        return operand.dtype, operand.shape, operand.array.tobytes()
    return operand


def _without_spreading(graph: Graph) -> Graph:
    """What broadcasts by itself, because another operand has the full shape, is not expanded."""
    expanded = {s.outputs[0]: s for s in graph.steps if s.kind == "expand"}
    for step in graph.steps:
        if step.kind not in ELEMENTWISE:
            continue
        (output,) = step.outputs
        inputs: list[Operand | None] = list(step.inputs)
        for place, operand in enumerate(inputs):
            if not isinstance(operand, Value) or operand not in expanded:
                continue
            thin = [*inputs[:place], expanded[operand].inputs[0], *inputs[place + 1 :]]
            if broadcast(o.shape for o in thin if o is not None) == output.shape:
                inputs = thin
        step.inputs = tuple(inputs)
    return graph.pruned()


def broadcast(shapes: Iterable[Sequence[Size]]) -> tuple[Size, ...] | None:
    """The shape that arrays of these shapes have together; None where they do not fit."""
    sizes: list[Size] = []
    for shape in shapes:
        sizes = [*[1] * (len(shape) - len(sizes)), *sizes]
        for place, size in enumerate(shape, len(sizes) - len(shape)):
            if sizes[place] not in (1, size) and size != 1:
                return None
            sizes[place] = sizes[place] if size == 1 else size
    return tuple(sizes)


def _with_biases(graph: Graph) -> Graph:
    """x W and then + b is one layer."""
    makers = {output: step for step in graph.steps for output in step.outputs}
    uses = graph.uses()
    gone: set[Step] = set()
    for step in graph.steps:
        if step.kind != "add":
            continue
        pair = sorted(step.inputs, key=lambda operand: isinstance(operand, Constant))
        x, bias = pair
        layer = makers.get(x) if isinstance(x, Value) else None
        if layer is None or layer.kind not in BIASED or not isinstance(bias, Constant):
            continue
        units = layer.outputs[0].shape[-1]
        only = uses.get(layer.outputs[0]) == 1 and layer.inputs[2] is None
        if not only or bias.array.size != units or bias.shape[-1:] != (units,):
            continue
        layer.inputs = (*layer.inputs[:2], Constant(bias.array.reshape(-1), bias.name))
        layer.outputs = step.outputs
        makers[step.outputs[0]] = layer
        gone.add(step)
    return Graph(graph.inputs, graph.outputs, [s for s in graph.steps if s not in gone])


def _sizes_first(graph: Graph) -> Graph:
    """What follows from sizes alone is computed before all else, not in the midst of a layer."""
    known: set[Operand | None] = set()
    first, others = [], []
    for step in graph.steps:
        values = [operand for operand in step.inputs if isinstance(operand, Value)]
        if step.kind in ("count", "size") or (values and known.issuperset(values)):
            known.update(step.outputs)
            first.append(step)
        else:
            others.append(step)
    return Graph(graph.inputs, graph.outputs, [*first, *others])


def _named(graph: Graph) -> Graph:
    """Each layer by the path of its weights, once."""
    known: set[str] = set()
    for step in graph.steps:
        weights = [o for o in step.inputs if isinstance(o, Constant) and o.name]
        if step.kind in ELEMENTWISE or not weights or step.kind in ("concatenate", "stack"):
            continue
        name = _place(weights[0].name)
        number = 1
        while name in known:
            number += 1
            name = f"{_place(weights[0].name)}/{number}"
        known.add(name)
        step.name = name
    return graph


def _place(path: str) -> str:
    """The layer of a weight: "hidden/0/dense/kernel" to "hidden/0/dense"; of a stack, which one."""
    parts = path.split("/")
    last = parts.pop() if len(parts) > 1 else ""
    if last.isdigit():  # one of a stack of layers: attend/kernel/3
        parts[-1] = last
    return "/".join(parts) or path
