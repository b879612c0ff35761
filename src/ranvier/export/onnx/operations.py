"""Operations on arrays as nodes of ONNX."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from onnx import helper

from ranvier.export.graph import Operand, Step, Value
from ranvier.export.onnx.nodes import FULL, Nodes

# Of one array or two, which ONNX has by a name of its own.
PLAIN = {
    "relu": "Relu", "elu": "Elu", "selu": "Selu", "softplus": "Softplus", "soft_sign": "Softsign",
    "hard_swish": "HardSwish", "mish": "Mish", "sigmoid": "Sigmoid", "tanh": "Tanh", "exp": "Exp",
    "log": "Log", "sin": "Sin", "cos": "Cos", "sqrt": "Sqrt", "abs": "Abs", "negative": "Neg",
    "sign": "Sign", "floor": "Floor", "round": "Round", "erf": "Erf", "logical_not": "Not",
    "is_nan": "IsNaN", "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div",
    "maximum": "Max", "minimum": "Min", "power": "Pow", "equal": "Equal", "less": "Less",
    "less_equal": "LessOrEqual", "greater": "Greater", "greater_equal": "GreaterOrEqual",
    "logical_and": "And", "logical_or": "Or", "where": "Where",
}  # fmt: skip
REDUCED = {"sum": "ReduceSum", "max": "ReduceMax", "min": "ReduceMin"}


def elementwise(step: Step, nodes: Nodes) -> None:
    """With channels first, where what comes in is; numbers for each channel are turned too."""
    (output,) = step.outputs
    turned = any(nodes.is_first(x) for x in step.inputs) and all(_can_turn(x) for x in step.inputs)
    names = [_first(x, nodes) if turned else nodes.name(x) for x in step.inputs if x is not None]
    made = nodes.made_first(output) if turned else nodes.made(output)
    _computed(step, names, made, nodes)


def _can_turn(operand: Operand | None) -> bool:
    return isinstance(operand, Value) or (operand is not None and not operand.shape)


def _first(operand: Operand, nodes: Nodes) -> str:
    return nodes.first(operand) if operand.shape else nodes.name(operand)


def _computed(step: Step, names: list[str], made: str, nodes: Nodes) -> None:
    kind, add = step.kind, nodes.add
    if kind in PLAIN:
        add(PLAIN[kind], names, made)
    elif kind == "leaky_relu":
        add("LeakyRelu", names, made, alpha=float(step.settings["slope"]))
    elif kind == "gelu":
        add("Gelu", names, made, approximate="tanh" if step.settings["approximate"] else "none")
    elif kind == "silu":
        add("Mul", [names[0], add("Sigmoid", names)], made)
    elif kind == "rsqrt":
        add("Reciprocal", [add("Sqrt", names)], made)
    elif kind == "square":
        add("Mul", [names[0], names[0]], made)
    elif kind == "not_equal":
        add("Not", [add("Equal", names)], made)
    elif kind == "cast":
        add("Cast", names, made, to=_type(step.settings["dtype"]))
    elif kind == "is_finite":
        add("Not", [add("Or", [add("IsNaN", names), add("IsInf", names)])], made)
    else:
        one = nodes.number(np.ones((), step.outputs[0].dtype))
        if kind == "log1p":
            add("Log", [add("Add", [names[0], one])], made)
        else:  # expm1
            add("Sub", [add("Exp", names), one], made)


def _type(dtype: str) -> int:
    found: int = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return found


def _reshape(step: Step, nodes: Nodes) -> None:
    (x,), (output,) = step.inputs, step.outputs
    assert x is not None
    sizes = step.settings["shape"]
    unknown = sum(not isinstance(size, int) for size in sizes)
    if unknown == 1:
        sizes = [size if isinstance(size, int) else -1 for size in sizes]
    nodes.add("Reshape", [nodes.name(x), nodes.shape(sizes)], nodes.made(output))


def _expand(step: Step, nodes: Nodes) -> None:
    (x,), (output,) = step.inputs, step.outputs
    assert x is not None
    shape = nodes.shape(step.settings["shape"])
    nodes.add("Expand", [nodes.name(x), shape], nodes.made(output))


def _by_axes(op: str) -> Callable[[Step, Nodes], None]:
    def write(step: Step, nodes: Nodes) -> None:
        axes = nodes.number(np.array(step.settings["axes"], np.int64))
        nodes.add(op, [nodes.name(step.inputs[0]), axes], nodes.made(step.outputs[0]))  # type: ignore[arg-type]

    return write


def _transpose(step: Step, nodes: Nodes) -> None:
    made = nodes.made(step.outputs[0])
    nodes.add("Transpose", [nodes.name(step.inputs[0])], made, perm=step.settings["axes"])  # type: ignore[arg-type]


def _concatenate(step: Step, nodes: Nodes) -> None:
    axis, (output,) = step.settings["axis"], step.outputs
    names = [nodes.name(x) for x in step.inputs if x is not None]
    if step.kind == "stack":
        place = nodes.number(np.array([axis], np.int64))
        names = [nodes.add("Unsqueeze", [name, place]) for name in names]
    nodes.add("Concat", names, nodes.made(output), axis=axis)


def _slice(step: Step, nodes: Nodes) -> None:
    given = step.settings
    limits = [limit if isinstance(limit, int) else FULL for limit in given["limits"]]
    starts = [start if isinstance(start, int) else 0 for start in given["starts"]]
    _cut(step, nodes, starts, limits, list(range(len(starts))), given["strides"])


def _reverse(step: Step, nodes: Nodes) -> None:
    axes = step.settings["axes"]
    _cut(step, nodes, [-1] * len(axes), [-FULL] * len(axes), axes, [-1] * len(axes))


def _cut(
    step: Step, nodes: Nodes, starts: list[int], limits: list[int], axes: list[int], by: list[int]
) -> None:
    numbers = [nodes.number(np.array(a, np.int64)) for a in (starts, limits, axes, by)]
    nodes.add("Slice", [nodes.name(step.inputs[0]), *numbers], nodes.made(step.outputs[0]))  # type: ignore[arg-type]


def _pad(step: Step, nodes: Nodes) -> None:
    low, high = zip(*step.settings["widths"], strict=True)
    x, (output,) = step.inputs[0], step.outputs
    zero = nodes.number(np.zeros((), output.dtype))
    widths = nodes.number(np.array([*low, *high], np.int64))
    nodes.add("Pad", [nodes.name(x), widths, zero], nodes.made(output))  # type: ignore[arg-type]


def _reduced(step: Step, nodes: Nodes) -> None:
    (x,), (output,) = step.inputs, step.outputs
    assert x is not None
    axes = nodes.number(np.array(step.settings["axes"], np.int64))
    if step.kind in REDUCED:
        nodes.add(REDUCED[step.kind], [nodes.name(x), axes], nodes.made(output), keepdims=0)
        return
    numbers = nodes.add("Cast", [nodes.name(x)], to=_type("int32"))
    op = "ReduceMin" if step.kind == "all" else "ReduceMax"
    found = nodes.add(op, [numbers, axes], keepdims=0)
    nodes.add("Cast", [found], nodes.made(output), to=_type("bool"))


def _argmax(step: Step, nodes: Nodes) -> None:
    (x,), (output,) = step.inputs, step.outputs
    assert x is not None
    found = nodes.add("ArgMax", [nodes.name(x)], axis=step.settings["axis"], keepdims=0)
    nodes.add("Cast", [found], nodes.made(output), to=_type(output.dtype))


def _einsum(step: Step, nodes: Nodes) -> None:
    names = [nodes.name(x) for x in step.inputs if x is not None]
    made = nodes.made(step.outputs[0])
    nodes.add("Einsum", names, made, equation=step.settings["equation"])


def _size(step: Step, nodes: Nodes) -> None:
    (output,) = step.outputs
    nodes.add("Cast", [_length(step, nodes)], nodes.made(output), to=_type(output.dtype))


def _count(step: Step, nodes: Nodes) -> None:
    (output,) = step.outputs
    first, by = (nodes.number(np.array(number, np.int64)) for number in (0, 1))
    numbers = nodes.add("Range", [first, _length(step, nodes), by])
    nodes.add("Cast", [numbers], nodes.made(output), to=_type(output.dtype))


def _length(step: Step, nodes: Nodes) -> str:
    """How long an input is along an axis: one number, int64 ()."""
    x, axis = step.inputs[0], step.settings["axis"]
    assert isinstance(x, Value)
    zero = nodes.number(np.array([0], np.int64))
    return nodes.add("Squeeze", [nodes.shape(x.shape[axis : axis + 1]), zero])


def _softmax(step: Step, nodes: Nodes) -> None:
    made = nodes.made(step.outputs[0])
    nodes.add("Softmax", [nodes.name(step.inputs[0])], made, axis=step.settings["axis"])  # type: ignore[arg-type]


OPERATIONS: dict[str, Callable[[Step, Nodes], None]] = {
    "reshape": _reshape,
    "expand": _expand,
    "squeeze": _by_axes("Squeeze"),
    "expand_dims": _by_axes("Unsqueeze"),
    "transpose": _transpose,
    "concatenate": _concatenate,
    "stack": _concatenate,
    "slice": _slice,
    "reverse": _reverse,
    "pad": _pad,
    "sum": _reduced,
    "max": _reduced,
    "min": _reduced,
    "all": _reduced,
    "any": _reduced,
    "argmax": _argmax,
    "einsum": _einsum,
    "size": _size,
    "count": _count,
    "softmax": _softmax,
}
