"""Recurrent layers as Keras has them: rows before steps, and a mask in place of lengths."""

from __future__ import annotations

import numpy as np

from ranvier.export.fusing import once
from ranvier.export.graph import Constant, Graph, Operand, Size, Step, Value

TURNED = [1, 0, 2]  # steps before rows, or rows before steps


def rows_first(graph: Graph) -> Graph:
    """The same graph, in whose recurrent steps x and states are (B, steps, n).

    Their second input, where there is one, is a mask: bool (B, steps). Their outputs are the
    states, where somebody reads them, and the last state.
    """
    steps: list[Step] = []
    replaced: dict[Operand | None, Operand] = {}
    uses = graph.uses()
    for old in graph.steps:
        inputs = tuple(replaced.get(operand, operand) for operand in old.inputs)
        step = Step(old.kind, inputs, old.outputs, dict(old.settings), old.name)
        if step.kind != "recurrent":
            steps.append(step)
            continue
        if step.settings["lengths"]:
            steps += _masked(step, graph)
        steps.append(step)
        if len(step.outputs) == 1:
            continue
        states, last = step.outputs
        if not uses.get(states):
            step.outputs = (last,)
            continue
        turned = Value(f"{states.name}_rows", _turned(states.shape), states.dtype)
        step.outputs = (turned, last)
        turns = [s for s in graph.steps if s.kind == "transpose" and s.inputs[0] is states]
        replaced.update((s.outputs[0], turned) for s in turns if s.settings["axes"] == TURNED)
        steps.append(Step("transpose", (turned,), (states,), {"axes": TURNED}))
    outputs = {name: replaced.get(value, value) for name, value in graph.outputs.items()}
    return once(Graph(graph.inputs, outputs, steps)).pruned()


def _masked(step: Step, graph: Graph) -> list[Step]:
    """The steps that make the mask of the lengths, which the recurrent step then reads."""
    x, lengths, *weights = step.inputs
    assert isinstance(x, Value)
    assert isinstance(lengths, Value)
    batch, count, _ = x.shape
    wide = Value(f"{lengths.name}_wide_{step.outputs[0].name}", (batch, 1), lengths.dtype)
    mask = Value(f"{lengths.name}_mask_{step.outputs[0].name}", (batch, count), "bool")
    counted = Value(f"{lengths.name}_count_{step.outputs[0].name}", (count,), lengths.dtype)
    numbers: Operand = counted
    counting = []
    if isinstance(count, int):
        numbers = Constant(np.arange(count, dtype=lengths.dtype)[None])
    else:
        source, axis = graph.source(count)
        counting = [Step("count", (source,), (counted,), {"axis": axis})]
    step.inputs = (x, mask, *weights)
    return [
        *counting,
        Step("expand_dims", (lengths,), (wide,), {"axes": [1]}),
        Step("less", (numbers, wide), (mask,)),
    ]


def _turned(shape: tuple[Size, ...]) -> tuple[Size, ...]:
    return tuple(shape[axis] for axis in TURNED)
