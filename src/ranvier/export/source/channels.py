"""Channels behind the batch, as PyTorch's convolutions want them, in as few turns as do.

Pictures and sequences have their channels last in a graph. What a convolution makes stays turned
for as long as the steps behind it do not care.
"""

from __future__ import annotations

import numpy as np

from ranvier.export.graph import Constant, Graph, Operand, Step, Value
from ranvier.export.kinds import ELEMENTWISE, REDUCTIONS

TURNED = {
    "convolution", "transposed_convolution", "batch_normalization", "max_pool", "average_pool",
}  # fmt: skip


def channels_first(graph: Graph) -> Graph:
    """The same graph, whose layers of `TURNED` take and give (batch, channels, ...)."""
    turning = _Turning(graph)
    for step in graph.steps:
        turning.add(step)
    outputs = {name: turning.plain(operand) for name, operand in graph.outputs.items()}
    return Graph(graph.inputs, outputs, turning.steps).pruned()  # type: ignore[arg-type]


class _Turning:
    def __init__(self, graph: Graph) -> None:
        self.steps: list[Step] = []
        self._last: dict[Value, Value] = {value: value for value in graph.inputs.values()}
        self._first: dict[Value, Value] = {}
        self._native: set[Value] = set()  # made with their channels first

    def add(self, step: Step) -> None:
        """One step more, in the order of axes that suits it."""
        x = step.inputs[0] if step.inputs else None
        rank = len(step.outputs[0].shape)
        if step.kind in TURNED and x is not None and len(x.shape) > 2:
            inputs = (self._channels_first(x), *step.inputs[1:])
            self._made(step, inputs, step.settings)
        elif step.kind in (*ELEMENTWISE, "clamp") and rank > 2 and self._follows(step, rank):
            inputs = tuple(self._operand(operand, rank) for operand in step.inputs)
            self._made(step, inputs, step.settings)
        elif step.kind in ("concatenate", "pad") and all(o in self._native for o in step.inputs):
            inputs = tuple(self._operand(operand, rank) for operand in step.inputs)
            self._made(step, inputs, _moved(step, rank))
        elif step.kind in REDUCTIONS and x in self._native and _keeps_order(step, x):
            axes = [_place(axis, len(x.shape)) for axis in step.settings["axes"]]
            inputs = (self._first[x],)
            self.steps.append(Step(step.kind, inputs, step.outputs, {"axes": sorted(axes)}))
            self._plainly(step)
        else:
            inputs = tuple(self.plain(operand) for operand in step.inputs)
            self.steps.append(Step(step.kind, inputs, step.outputs, step.settings, step.name))
            self._plainly(step)

    def plain(self, operand: Operand | None) -> Operand | None:
        """With the channels last."""
        if not isinstance(operand, Value):
            return operand
        if operand not in self._last:
            rank = len(operand.shape)
            back = Value(f"{operand.name}_last", operand.shape, operand.dtype)
            axes = [0, *range(2, rank), 1]
            self.steps.append(Step("transpose", (self._first[operand],), (back,), {"axes": axes}))
            self._last[operand] = back
        return self._last[operand]

    def _plainly(self, step: Step) -> None:
        self._last.update({output: output for output in step.outputs})

    def _made(
        self, step: Step, inputs: tuple[Operand | None, ...], settings: dict[str, object]
    ) -> None:
        (output,) = step.outputs
        turned = Value(f"{output.name}_first", _turned(output.shape), output.dtype)
        self.steps.append(Step(step.kind, inputs, (turned,), settings, step.name))
        self._first[output] = turned
        self._native.add(output)

    def _follows(self, step: Step, rank: int) -> bool:
        """Whether something that enters is turned already, and the rest can be."""
        values = [operand for operand in step.inputs if isinstance(operand, Value)]
        whole = all(len(value.shape) == rank for value in values)
        return whole and any(value in self._native for value in values)

    def _operand(self, operand: Operand | None, rank: int) -> Operand | None:
        if isinstance(operand, Constant):
            if operand.array.size == 1:
                return operand
            wide = operand.array.reshape((1,) * (rank - operand.array.ndim) + operand.shape)
            return Constant(np.ascontiguousarray(np.moveaxis(wide, -1, 1)), operand.name)
        return None if operand is None else self._channels_first(operand)

    def _channels_first(self, operand: Operand) -> Operand:
        assert isinstance(operand, Value)
        if operand not in self._first:
            rank = len(operand.shape)
            turned = Value(f"{operand.name}_first", _turned(operand.shape), operand.dtype)
            axes = [0, rank - 1, *range(1, rank - 1)]
            x = self._last[operand]
            self.steps.append(Step("transpose", (x,), (turned,), {"axes": axes}))
            self._first[operand] = turned
        return self._first[operand]


def _turned(shape: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return (shape[0], shape[-1], *shape[1:-1])


def _place(axis: int, rank: int) -> int:
    """Where an axis lies with the channels first."""
    axis %= rank
    if axis == 0:
        return 0
    return 1 if axis == rank - 1 else axis + 1


def _keeps_order(step: Step, x: Operand) -> bool:
    """Whether what is left lies in the same order either way."""
    axes, rank = step.settings["axes"], len(x.shape)
    return rank - 1 in axes or set(range(1, rank - 1)) <= set(axes)


def _moved(step: Step, rank: int) -> dict[str, object]:
    if step.kind == "concatenate":
        return {"axis": _place(step.settings["axis"], rank)}
    widths = step.settings["widths"]
    return {"widths": [widths[0], widths[-1], *widths[1:-1]]}
