"""Steps without weights, as `keras.ops`, operators, and layers where Keras has them."""

from __future__ import annotations

from collections.abc import Callable

from ranvier.errors import ExportError
from ranvier.export.graph import Operand, Step, Value
from ranvier.export.keras.convolutions import window
from ranvier.export.keras.writer import Writer
from ranvier.export.kinds import BINARY, REDUCTIONS, UNARY
from ranvier.export.text import INDENT, call, literal, remarked, shape_text

# Where Keras's name is another.
OPERATIONS = {
    "soft_sign": "softsign", "hard_swish": "hard_silu", "is_nan": "isnan",
    "is_finite": "isfinite",
}  # fmt: skip
ACTIVATIONS = {
    "relu", "silu", "elu", "selu", "softplus", "soft_sign", "hard_swish", "mish", "sigmoid", "tanh",
}  # fmt: skip
OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


def _unary(writer: Writer, step: Step) -> None:
    kind, x = OPERATIONS.get(step.kind, step.kind), writer.operand(step, 0)
    if step.kind in ACTIVATIONS:
        writer.assign(step, "keras.layers.Activation", [f'"{kind}"'], f"({x})")
    elif step.kind == "negative":
        _expression(writer, step, f"-{x}")
    else:
        more = []
        if step.kind == "gelu":
            more = [f"approximate={step.settings['approximate']}"]
        elif step.kind == "leaky_relu":
            more = [f"negative_slope={step.settings['slope']!r}"]
        writer.assign(step, f"keras.ops.{kind}", [x, *more])


def _binary(writer: Writer, step: Step) -> None:
    left, right = writer.operand(step, 0), writer.operand(step, 1)
    if step.kind == "add" and _seems_a_bias(step.inputs[1]):
        left, right = right, left
    sign = OPERATORS.get(step.kind)
    if sign is None or left.startswith("np."):
        writer.assign(step, f"keras.ops.{step.kind}", [left, right])
    else:
        negative = right.startswith("-") and sign in "+-"
        sign = {"+": "-", "-": "+"}[sign] if negative else sign
        _expression(writer, step, f"{left} {sign} {right.removeprefix('-') if negative else right}")


def _seems_a_bias(operand: Operand | None) -> bool:
    """Whether Keras, on TensorFlow, might add it to the channels, of which it has as many.

    With as many rows as channels it takes a second operand (rows, 1, 1) for a bias.
    """
    sizes = [] if operand is None else [size for size in operand.shape if size != 1]
    return len(sizes) == 1 and isinstance(sizes[0], str)


def _expression(writer: Writer, step: Step, text: str) -> None:
    line = f"{INDENT}{writer.variable(step.outputs[0])} = {text}"
    (output,) = step.outputs
    same = any(isinstance(o, Value) and o.shape == output.shape for o in step.inputs)
    writer.lines.append(remarked(line, "" if same else shape_text(output.shape)))


def _where(writer: Writer, step: Step) -> None:
    writer.assign(step, "keras.ops.where", [writer.operand(step, n) for n in range(3)])


def _cast(writer: Writer, step: Step) -> None:
    writer.assign(step, "keras.ops.cast", [writer.operand(step, 0), f'"{step.settings["dtype"]}"'])


def _softmax(writer: Writer, step: Step) -> None:
    x, axis = writer.operand(step, 0), step.settings["axis"]
    if axis in (-1, len(step.outputs[0].shape) - 1):
        writer.assign(step, "keras.layers.Activation", ['"softmax"'], f"({x})")
    else:
        writer.assign(step, "keras.ops.softmax", [x, f"axis={axis}"])


def _pool(writer: Writer, step: Step) -> None:
    kind = "MaxPooling" if step.kind == "max_pool" else "AveragePooling"
    sizes, strides = step.settings["window"], step.settings["strides"]
    arguments = [window(sizes)]
    arguments += [] if sizes == strides else [f"strides={window(strides)}"]
    writer.layer(step, f"{kind}{len(sizes)}D", arguments)


def _reshape(writer: Writer, step: Step) -> None:
    shape, (x,) = step.outputs[0].shape, step.inputs
    assert x is not None
    sizes = tuple(-1 if isinstance(size, str) else size for size in shape)
    if sizes.count(-1) < 2:
        writer.assign(step, "keras.ops.reshape", [writer.operand(step, 0), literal(sizes)])
    elif shape[0] == x.shape[0] and sizes.count(-1) == 2:  # the layer keeps the rows as they are
        arguments = [literal(sizes[1:])]
        writer.assign(step, "keras.layers.Reshape", arguments, f"({writer.operand(step, 0)})")
    else:
        raise ExportError(f"Keras cannot bring an array to the shape {shape_text(shape)}.")


def _transpose(writer: Writer, step: Step) -> None:
    axes = literal(tuple(step.settings["axes"]))
    writer.assign(step, "keras.ops.transpose", [writer.operand(step, 0), axes])


def _over_axes(writer: Writer, step: Step) -> None:
    """What is called with axes: reductions, and changes of shape."""
    kind = {"reverse": "flip"}.get(step.kind, step.kind)
    axes = step.settings["axes"]
    text = str(axes[0]) if len(axes) == 1 else literal(tuple(axes))
    writer.assign(step, f"keras.ops.{kind}", [writer.operand(step, 0), f"axis={text}"])


def _argmax(writer: Writer, step: Step) -> None:
    arguments = [writer.operand(step, 0), f"axis={step.settings['axis']}"]
    writer.assign(step, "keras.ops.argmax", arguments)


def _joined(writer: Writer, step: Step) -> None:
    parts = ", ".join(writer.operand(step, n) for n in range(len(step.inputs)))
    writer.assign(step, f"keras.ops.{step.kind}", [f"[{parts}]", f"axis={step.settings['axis']}"])


def _slice(writer: Writer, step: Step) -> None:
    (x,), given = step.inputs, step.settings
    assert x is not None
    cuts = []
    for size, start, limit, stride in zip(
        x.shape, given["starts"], given["limits"], given["strides"], strict=True
    ):
        first = "" if start == 0 else str(start)
        last = "" if limit == size else str(limit)
        cuts.append(f"{first}:{last}" + ("" if stride == 1 else f":{stride}"))
    while len(cuts) > 1 and cuts[-1] == ":":
        cuts.pop()
    comma = "," if len(cuts) == 1 else ""
    text = f"{writer.operand(step, 0)}[{', '.join(cuts)}{comma}]"
    _expression(writer, step, text)


def _pad(writer: Writer, step: Step) -> None:
    widths = literal(tuple(map(tuple, step.settings["widths"])))
    writer.assign(step, "keras.ops.pad", [writer.operand(step, 0), widths])


def _size(writer: Writer, step: Step) -> None:
    """How many ones there are."""
    ones = _ones(writer, step)
    writer.assign(step, "keras.ops.sum", [ones], comment="how many")


def _count(writer: Writer, step: Step) -> None:
    """The ones so far, but for one: Keras counts to no number that it does not know."""
    name = writer.variable(step.outputs[0])
    writer.lines += call(f"{name} = keras.ops.cumsum", [_ones(writer, step)], " - 1",
                         comment=shape_text(step.outputs[0].shape))  # fmt: skip


def _ones(writer: Writer, step: Step) -> str:
    (x,), (output,) = step.inputs, step.outputs
    assert isinstance(x, Value)
    line = writer.line(x, step.settings["axis"])
    return f'keras.ops.ones_like({line}, dtype="{output.dtype}")'


def _expand(writer: Writer, step: Step) -> None:
    """Along unknown sizes by adding zeros of as many, along known sizes by repeating."""
    (x,), (output,) = step.inputs, step.outputs
    assert x is not None
    text, name = writer.operand(step, 0), writer.variable(output)
    comment = shape_text(output.shape)
    for axis, (old, new) in enumerate(zip(x.shape, output.shape, strict=True)):
        if old == new:
            continue
        if isinstance(new, int):
            writer.lines += call(f"{name} = keras.ops.repeat", [text, str(new), f"axis={axis}"],
                                 comment=comment)  # fmt: skip
        else:
            line = writer.line(*writer.graph.source(new))
            rows = literal(tuple(-1 if place == axis else 1 for place in range(len(x.shape))))
            zeros = f'keras.ops.zeros_like({line}, dtype="{output.dtype}")'
            kind = "logical_or" if output.dtype == "bool" else "add"
            arguments = [f"keras.ops.reshape({zeros}, {rows})", text]  # see _seems_a_bias
            writer.lines += call(f"{name} = keras.ops.{kind}", arguments, comment=comment)
        text = name


def _einsum(writer: Writer, step: Step) -> None:
    words = f'"{step.settings["equation"]}"'
    writer.assign(
        step, "keras.ops.einsum", [words, writer.operand(step, 0), writer.operand(step, 1)]
    )


OPERATION_RULES: dict[str, Callable[[Writer, Step], None]] = {
    **dict.fromkeys(UNARY, _unary),
    **dict.fromkeys(BINARY, _binary),
    **dict.fromkeys((*REDUCTIONS, "squeeze", "expand_dims", "reverse"), _over_axes),
    "where": _where,
    "cast": _cast,
    "softmax": _softmax,
    "max_pool": _pool,
    "average_pool": _pool,
    "reshape": _reshape,
    "transpose": _transpose,
    "argmax": _argmax,
    "concatenate": _joined,
    "stack": _joined,
    "slice": _slice,
    "pad": _pad,
    "expand": _expand,
    "einsum": _einsum,
    "size": _size,
    "count": _count,
}
