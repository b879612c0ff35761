"""Operations of PyTorch."""

from __future__ import annotations

from ranvier.export.graph import Constant, Step
from ranvier.export.source.dialect import Lengths, unknown
from ranvier.export.source.expressions import Text, call, listed, method, sides
from ranvier.export.source.operations import axes_of, axis_of, shared, sizes

NAMES = {
    "relu": "F.relu", "silu": "F.silu", "elu": "F.elu", "selu": "F.selu", "mish": "F.mish",
    "softplus": "F.softplus", "soft_sign": "F.softsign", "hard_swish": "F.hardswish",
    "sigmoid": "torch.sigmoid", "tanh": "torch.tanh", "exp": "torch.exp", "log": "torch.log",
    "log1p": "torch.log1p", "expm1": "torch.expm1", "sin": "torch.sin", "cos": "torch.cos",
    "sqrt": "torch.sqrt", "rsqrt": "torch.rsqrt", "square": "torch.square", "abs": "torch.abs",
    "sign": "torch.sign", "floor": "torch.floor", "round": "torch.round", "erf": "torch.erf",
    "is_nan": "torch.isnan", "is_finite": "torch.isfinite", "power": "torch.pow",
    "where": "torch.where",
}  # fmt: skip
REDUCED = {"sum": "sum", "max": "amax", "min": "amin", "all": "all", "any": "any"}


def torch_operation(step: Step, operands: list[Text], lengths: Lengths) -> Text:
    """An operation on expressions.

    Raises:
        ExportError: there is none of this kind.
    """
    found = shared(step, operands, lengths)
    if found is not None:
        return found
    kind, given, (x, *others) = step.kind, step.settings, operands
    first, output = step.inputs[0], step.outputs[0]
    assert first is not None
    if kind in ("elu", "leaky_relu") and given.get("slope") is not None:
        return call(f"F.{kind}", x, str(given["slope"]))
    if kind == "leaky_relu":
        return call("F.leaky_relu", x)
    if kind == "gelu":
        return call("F.gelu", x, approximate='"tanh"' if given["approximate"] else None)
    if kind in NAMES:
        return call(NAMES[kind], *operands)
    if kind in ("maximum", "minimum"):
        return _limited(step, operands)
    if kind == "clamp":
        return method(x, "clamp", *(other.words for other in others))
    if kind == "divide":
        return call("torch.div", x, *others, rounding_mode='"trunc"')
    if kind == "cast":
        return method(x, "to", f"torch.{given['dtype']}")
    if kind == "softmax":
        return call("torch.softmax", x, dim=axis_of(given["axis"], first))
    if kind == "transpose":
        return _transposed(x, given["axes"])
    if kind in ("concatenate", "stack"):
        parts = f"[{', '.join(operand.words for operand in operands)}]"
        name = "torch.cat" if kind == "concatenate" else "torch.stack"
        return call(name, parts, dim=axis_of(given["axis"], output))
    if kind == "pad":
        widths = [width for pair in reversed(given["widths"]) for width in pair]
        while widths[-2:] == [0, 0]:
            del widths[-2:]
        return call("F.pad", x, listed([str(width) for width in widths]))
    if kind == "reverse":
        return method(x, "flip", *map(str, given["axes"]))
    if kind == "count":
        return call("torch.arange", f"{x.words}.shape[{given['axis']}]", device=f"{x.words}.device")
    if kind == "expand":
        return method(x, "expand", *sizes(step, x, lengths))
    if kind in REDUCED:
        whole = kind == "sum" and output.dtype[0] in "iu"
        dtype = f"torch.{output.dtype}" if whole else None
        return method(x, REDUCED[kind], dim=axes_of(step), dtype=dtype)
    if kind == "argmax":
        place = method(x, "argmax", dim=axis_of(given["axis"], first))
        return method(place, "to", f"torch.{output.dtype}")
    if kind == "einsum":
        return call("torch.einsum", f'"{given["equation"]}"', *operands)
    if kind in ("max_pool", "average_pool"):
        rank, window, strides = len(first.shape) - 2, given["window"], given["strides"]
        name = f"F.{'max' if kind == 'max_pool' else 'avg'}_pool{rank}d"
        stride = None if list(strides) == list(window) else sides(list(strides))
        return call(name, x, sides(list(window)), stride=stride)
    raise unknown(step, "PyTorch")


def _limited(step: Step, operands: list[Text]) -> Text:
    """By a number, or by another array."""
    name = {"maximum": "min", "minimum": "max"}[step.kind]
    for place in (0, 1):
        limit = step.inputs[place]
        if isinstance(limit, Constant) and not operands[place].words.startswith("self."):
            return method(operands[1 - place], "clamp", **{name: operands[place].words})
    return call(f"torch.{step.kind}", *operands)


def _transposed(x: Text, axes: list[int]) -> Text:
    changed = [place for place, axis in enumerate(axes) if axis != place]
    if len(changed) == 2:
        return method(x, "transpose", *map(str, changed))
    return method(x, "permute", *map(str, axes))
