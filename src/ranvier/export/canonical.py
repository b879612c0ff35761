"""From JAX's operations, as they were traced, to the kinds of `kinds`."""

from __future__ import annotations

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import Constant, Graph, Operand, Step, Value
from ranvier.export.kinds import BINARY, REDUCTIONS, UNARY
from ranvier.export.rules import numbers, places, products, shapes
from ranvier.export.rules.step import Made, again

RENAMED = {
    "sub": "subtract", "mul": "multiply", "div": "divide", "max": "maximum", "min": "minimum",
    "pow": "power", "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal",
    "gt": "greater", "ge": "greater_equal", "and": "logical_and", "or": "logical_or",
    "not": "logical_not", "neg": "negative", "logistic": "sigmoid",
    "reduce_sum": "sum", "reduce_max": "max", "reduce_min": "min", "reduce_and": "all",
    "reduce_or": "any", "softsign": "soft_sign",
}  # fmt: skip
# Kinds that are called as they come, settings and all.
LAYERS = {
    "batch_normalization", "layer_normalization", "rms_normalization", "recurrent", "max_pool",
    "average_pool", "embedding", "softmax",
}  # fmt: skip
IDLE = {"add": 0, "multiply": 1}  # numbers that change nothing, as counting brings them


def canonical(graph: Graph) -> Graph:
    """The same graph in the kinds that formats know.

    Raises:
        ExportError: an operation has no such kind.
    """
    steps: list[Step] = []
    replaced: dict[Value, Operand] = {}

    def now(operand: Operand | None) -> Operand | None:
        while isinstance(operand, Value) and operand in replaced:
            operand = replaced[operand]
        return operand

    for step in graph.steps:
        inputs = tuple(now(operand) for operand in step.inputs)
        old = Step(step.kind, inputs, step.outputs, step.settings, step.name)
        for made in _canonical(old):
            made.inputs = tuple(now(operand) for operand in made.inputs)
            if made.kind == "same":
                replaced[made.outputs[0]] = made.inputs[0]  # type: ignore[assignment]
            else:
                steps.append(made)
    outputs = {name: now(operand) for name, operand in graph.outputs.items()}
    return Graph(graph.inputs, outputs, steps).pruned()  # type: ignore[arg-type]


def _canonical(step: Step) -> Made:
    rule = RULES.get(step.kind)
    if rule is not None:
        return rule(step)
    kind = RENAMED.get(step.kind, step.kind)
    if kind in LAYERS:
        return [again(step, kind, **step.settings)]
    if step.kind == "concatenate":
        # Of nothing there is nothing to put beside the rest, and ONNX reads a size of 0 otherwise.
        some = [x for x in step.inputs if x is not None and 0 not in x.shape]
        if len(some) == 1:
            return [Step("same", tuple(some), step.outputs)]
        return [again(step, kind, *some, axis=step.settings["dimension"])]
    if step.kind == "stack":
        return [again(step, kind, axis=step.settings["axis"])]
    if kind in REDUCTIONS and step.kind.startswith("reduce_"):
        return [again(step, kind, axes=list(step.settings["axes"]))]
    if kind == "not_equal" and step.inputs[0] is step.inputs[1]:
        return [again(step, "is_nan", step.inputs[0])]
    if kind in IDLE and any(_is_idle(step, place) for place in (0, 1)):
        return [Step("same", (step.inputs[0 if _is_idle(step, 1) else 1],), step.outputs)]
    if kind in UNARY or kind in BINARY:
        kept = {k: v for k, v in step.settings.items() if k in ("slope", "approximate")}
        return [again(step, kind, **kept)]
    raise ExportError(
        f'The network computes "{step.kind}", which no format is written with: say what you '
        "trained, and we teach it."
    )


def _is_idle(step: Step, place: int) -> bool:
    """Whether one of two operands leaves the other as it is."""
    operand, other = step.inputs[place], step.inputs[1 - place]
    idle = IDLE[RENAMED.get(step.kind, step.kind)]
    return (
        isinstance(operand, Constant)
        and not operand.name
        and other is not None
        and other.shape == step.outputs[0].shape
        and bool(np.all(operand.array == idle))
    )


RULES = shapes.RULES | places.RULES | numbers.RULES | products.RULES
