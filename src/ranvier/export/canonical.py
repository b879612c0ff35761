"""From JAX's operations, as they were traced, to the kinds of `kinds`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import Constant, Graph, Operand, Size, Step, Value
from ranvier.export.kinds import BINARY, REDUCTIONS, UNARY
from ranvier.export.symbols import difference, plus

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
Made = list[Step]


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
        return [_as(step, kind, **step.settings)]
    if step.kind == "concatenate":
        # Of nothing there is nothing to put beside the rest, and ONNX reads a size of 0 otherwise.
        some = [x for x in step.inputs if x is not None and 0 not in x.shape]
        if len(some) == 1:
            return [Step("same", tuple(some), step.outputs)]
        return [_as(step, kind, *some, axis=step.settings["dimension"])]
    if step.kind == "stack":
        return [_as(step, kind, axis=step.settings["axis"])]
    if kind in REDUCTIONS and step.kind.startswith("reduce_"):
        return [_as(step, kind, axes=list(step.settings["axes"]))]
    if kind == "not_equal" and step.inputs[0] is step.inputs[1]:
        return [_as(step, "is_nan", step.inputs[0])]
    if kind in IDLE and any(_is_idle(step, place) for place in (0, 1)):
        return [Step("same", (step.inputs[0 if _is_idle(step, 1) else 1],), step.outputs)]
    if kind in UNARY or kind in BINARY:
        kept = {k: v for k, v in step.settings.items() if k in ("slope", "approximate")}
        return [_as(step, kind, **kept)]
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


def _as(step: Step, kind: str, *inputs: Operand | None, **settings: Any) -> Step:
    return Step(kind, inputs or step.inputs, step.outputs, settings, step.name)


def _reshape(step: Step) -> Made:
    shape = list(step.outputs[0].shape)
    return [_same(step) if shape == _shape(step) else _as(step, "reshape", shape=shape)]


def _broadcast(step: Step) -> Made:
    """First as many axes, then as many numbers along them."""
    (operand,), (output,) = step.inputs, step.outputs
    assert operand is not None
    shape, axes = step.settings["shape"], step.settings["broadcast_dimensions"]
    thin: list[Size] = [1] * len(shape)
    for axis, size in zip(axes, operand.shape, strict=True):
        thin[axis] = size
    more = [axis for axis in range(len(shape)) if axis not in axes]
    full = list(output.shape)
    if isinstance(operand, Constant):
        wide: Operand = Constant(operand.array.reshape([int(n) for n in thin]), operand.name)
        steps = []
    else:
        wide = Value(f"{output.name}_thin", tuple(thin), operand.dtype)
        steps = [Step("expand_dims", (operand,), (wide,), {"axes": more})] if more else []
        wide = wide if more else operand
    if thin == full:
        return [*steps, Step("same", (wide,), (output,))]
    return [*steps, Step("expand", (wide,), (output,), {"shape": full})]


def _squeeze(step: Step) -> Made:
    return [_as(step, "squeeze", axes=list(step.settings["dimensions"]))]


def _expand_dims(step: Step) -> Made:
    return [_as(step, "expand_dims", axes=list(step.settings["dimensions"]))]


def _transpose(step: Step) -> Made:
    axes = list(step.settings["permutation"])
    return [_same(step) if axes == sorted(axes) else _as(step, "transpose", axes=axes)]


def _slice(step: Step) -> Made:
    given = step.settings
    if "of" in given:
        return _first_rows(step)
    starts = given["starts" if "starts" in given else "start_indices"]
    limits = given["limits" if "limits" in given else "limit_indices"]
    strides = given.get("strides") or [1] * len(starts)
    if list(limits) == _shape(step) and not any(starts) and set(strides) == {1}:
        return [_same(step)]
    starts = [_place(start, size) for start, size in zip(starts, _shape(step), strict=True)]
    limits = [_place(limit, size) for limit, size in zip(limits, _shape(step), strict=True)]
    return [_as(step, "slice", starts=list(starts), limits=list(limits), strides=list(strides))]


def _place(place: Size, size: Size) -> Size:
    """A place along an axis; what is told from its end is negative, and the end itself its size."""
    if isinstance(place, int) or place == size:
        return place
    before_end = difference(size, place)
    if before_end is None or before_end < 0:
        raise ExportError(f"The place {place} on an axis of the size {size} cannot be exported.")
    return -before_end if before_end else size


def _split(step: Step) -> Made:
    axis, first, made = step.settings["axis"], 0, []
    shape = _shape(step)
    for size, output in zip(step.settings["sizes"], step.outputs, strict=True):
        starts, limits = [0] * len(shape), list(shape)
        starts[axis], limits[axis] = first, first + size
        settings = {"starts": starts, "limits": limits, "strides": [1] * len(shape)}
        made.append(Step("slice", step.inputs, (output,), settings))
        first += size
    return made


def _pad(step: Step) -> Made:
    x, value = step.inputs
    widths = step.settings["padding_config"]
    if any(inner for _, _, inner in widths) or not _is_zero(value) or min(map(min, widths)) < 0:
        raise ExportError("Padding by anything but zeros around an array cannot be exported.")
    return [_as(step, "pad", x, widths=[[low, high] for low, high, _ in widths])]


def _reverse(step: Step) -> Made:
    return [_as(step, "reverse", axes=list(step.settings["dimensions"]))]


def _select(step: Step) -> Made:
    which, other, chosen = step.inputs
    return [_as(step, "where", which, chosen, other)]


def _clamp(step: Step) -> Made:
    low, x, high = step.inputs
    (output,) = step.outputs
    above = Value(f"{output.name}_low", output.shape, output.dtype)
    return [Step("maximum", (x, low), (above,)), Step("minimum", (above, high), (output,))]


def _cast(step: Step) -> Made:
    dtype = step.outputs[0].dtype
    (x,) = step.inputs
    return [_same(step) if x is not None and x.dtype == dtype else _as(step, "cast", dtype=dtype)]


def _power(step: Step) -> Made:
    (x,), number = step.inputs, step.settings["y"]
    if number == 2:
        return [_as(step, "square")]
    return [_as(step, "power", x, Constant(np.asarray(number, step.outputs[0].dtype)))]


def _iota(step: Step) -> Made:
    (output,), axis = step.outputs, step.settings["dimension"]
    size = output.shape[axis]
    if not isinstance(size, int):
        return _count(step, size)
    thin = [1] * len(output.shape)
    thin[axis] = size
    numbers = Constant(np.arange(size, dtype=output.dtype).reshape(thin))
    return [Step("expand", (numbers,), (output,), {"shape": list(output.shape)})]


def _size(step: Step) -> Made:
    return [_as(step, "size", axis=step.settings["of"])]


def _count(step: Step, size: Size) -> Made:
    """As long as an input, of which nobody knows how long it is."""
    (output,), axis = step.outputs, step.settings["dimension"]
    counted = Value(f"{output.name}_count", (size,), output.dtype)
    count = Step("count", step.inputs[:1], (counted,), {"axis": step.settings["of"]})
    settings = {"shape": list(output.shape), "broadcast_dimensions": [axis]}
    return [count, *_broadcast(Step("broadcast_in_dim", (counted,), (output,), settings))]


def _first_rows(step: Step) -> Made:
    """Of a table, as many as an input is long."""
    source, table = step.inputs
    given, (output,) = step.settings, step.outputs
    whole = list(given["limit_indices"])[1:] == list(output.shape[1:])
    if any(given["start_indices"]) or set(given["strides"] or [1]) != {1} or not whole:
        raise ExportError("A part of a table whose size is not known cannot be exported.")
    counted = Value(f"{output.name}_count", output.shape[:1], "int32")
    count = Step("count", (source,), (counted,), {"axis": given["of"]})
    return [count, Step("embedding", (counted, table), step.outputs)]


def _gather(step: Step) -> Made:
    """Of places that are known: a slice."""
    x, places = step.inputs
    given = step.settings
    sizes, found = given["slice_sizes"], given["dimension_numbers"]
    offsets, gone, axes = found[:3]
    simple = isinstance(places, Constant) and places.array.ndim == 1 and not any(found[3:])
    if not simple or x is None or list(offsets) != list(range(len(x.shape) - len(gone))):
        raise ExportError(
            "Numbers are picked out of an array by other numbers, which cannot be exported: use "
            "layers.lookup."
        )
    starts = [0] * len(x.shape)
    assert isinstance(places, Constant)
    for axis, start in zip(axes, places.array, strict=True):
        starts[axis] = int(start)
    limits = [plus(size, start) for start, size in zip(starts, sizes, strict=True)]
    strides = [1] * len(starts)
    (output,) = step.outputs
    part = Value(f"{output.name}_part", tuple(sizes), output.dtype) if gone else output
    settings = {"starts": starts, "limits": limits, "strides": strides}
    cut = _slice(Step("slice", (x,), (part,), settings))
    return [*cut, Step("squeeze", (part,), (output,), {"axes": list(gone)})] if gone else cut


def _argmax(step: Step) -> Made:
    (axis,) = step.settings["axes"]
    return [_as(step, "argmax", axis=axis, dtype=step.outputs[0].dtype)]


def _argmin(step: Step) -> Made:
    (x,), (output,) = step.inputs, step.outputs
    assert x is not None
    turned = Value(f"{output.name}_turned", x.shape, x.dtype)
    (axis,) = step.settings["axes"]
    settings = {"axis": axis, "dtype": output.dtype}
    return [Step("negative", (x,), (turned,)), Step("argmax", (turned,), (output,), settings)]


def _product(step: Step) -> Made:
    """A dense layer where the other side is known, and else a sum of products."""
    (over_x, over_y), (of_x, of_y) = step.settings["dimension_numbers"]
    x, y = step.inputs
    assert x is not None
    assert y is not None
    last = len(x.shape) - 1
    if isinstance(y, Constant) and not of_y and len(y.shape) == 2 and list(over_x) == [last]:
        kernel = y if list(over_y) == [0] else Constant(y.array.T, y.name)
        return [_as(step, "dense", x, kernel, None)]
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    left = [next(letters) for _ in x.shape]
    right = ["" for _ in y.shape]
    for i, j in [*zip(over_x, over_y, strict=True), *zip(of_x, of_y, strict=True)]:
        right[j] = left[i]
    right = [letter or next(letters) for letter in right]
    batch = [left[i] for i in of_x]
    free = [c for i, c in enumerate(left) if i not in over_x and i not in of_x]
    others = [c for j, c in enumerate(right) if j not in over_y and j not in of_y]
    words = f"{''.join(left)},{''.join(right)}->{''.join((*batch, *free, *others))}"
    return [_as(step, "einsum", x, y, equation=words)]


def _convolution(step: Step) -> Made:
    x, kernel = step.inputs
    given = step.settings
    rank = len(step.outputs[0].shape) - 2
    assert isinstance(kernel, Constant)
    last = [0, rank + 1, *range(1, rank + 1)]  # channels
    usual = [last, [rank + 1, rank, *range(rank)], last]
    if given["dimension_numbers"] != usual or given["batch_group_count"] != 1:
        raise ExportError(
            f"A convolution over the axes {given['dimension_numbers']} cannot be exported; "
            f"expected {usual}."
        )
    if set(given["lhs_dilation"]) != {1}:
        # Spread out, as the gradient of a convolution is: the kernel is turned around.
        array = np.flip(kernel.array, tuple(range(rank))).swapaxes(-1, -2)
        turned = Constant(np.ascontiguousarray(array), kernel.name)
        sides = zip(kernel.shape, given["padding"], strict=False)
        cut = [[side - 1 - low, side - 1 - high] for side, (low, high) in sides]
        steps = list(given["lhs_dilation"])
        return [_as(step, "transposed_convolution", x, turned, None, strides=steps, padding=cut)]
    return [
        _as(step, "convolution", x, kernel, None, strides=list(given["window_strides"]),
            padding=[list(pair) for pair in given["padding"]],
            dilation=list(given["rhs_dilation"]), groups=given["feature_group_count"])
    ]  # fmt: skip


RULES: dict[str, Callable[[Step], Made]] = {
    "reshape": _reshape,
    "broadcast_in_dim": _broadcast,
    "squeeze": _squeeze,
    "expand_dims": _expand_dims,
    "transpose": _transpose,
    "slice": _slice,
    "split": _split,
    "pad": _pad,
    "rev": _reverse,
    "select_n": _select,
    "clamp": _clamp,
    "convert_element_type": _cast,
    "integer_pow": _power,
    "iota": _iota,
    "size": _size,
    "argmax": _argmax,
    "argmin": _argmin,
    "gather": _gather,
    "dot_general": _product,
    "conv_general_dilated": _convolution,
}


def _same(step: Step) -> Step:
    return Step("same", step.inputs[:1], step.outputs)


def _shape(step: Step) -> list[Size]:
    (x, *_) = step.inputs
    assert x is not None
    return list(x.shape)


def _is_zero(operand: Operand | None) -> bool:
    return isinstance(operand, Constant) and not operand.array.any()
