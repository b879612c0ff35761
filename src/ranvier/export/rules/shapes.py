"""Rules for what changes the shape of an array, or the order of what is in it."""

from __future__ import annotations

from ranvier.errors import ExportError
from ranvier.export.graph import Constant, Operand, Size, Step, Value
from ranvier.export.rules.step import Made, Rule, again, same, shape_of


def _reshape(step: Step) -> Made:
    shape = list(step.outputs[0].shape)
    return [same(step) if shape == shape_of(step) else again(step, "reshape", shape=shape)]


def broadcast(step: Step) -> Made:
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
    axes = step.settings["axes" if "axes" in step.settings else "dimensions"]
    return [again(step, "squeeze", axes=list(axes))]


def _expand_dims(step: Step) -> Made:
    return [again(step, "expand_dims", axes=list(step.settings["dimensions"]))]


def _transpose(step: Step) -> Made:
    axes = list(step.settings["permutation"])
    return [same(step) if axes == sorted(axes) else again(step, "transpose", axes=axes)]


def _pad(step: Step) -> Made:
    x, value = step.inputs
    widths = step.settings["padding_config"]
    if any(inner for _, _, inner in widths) or not _is_zero(value) or min(map(min, widths)) < 0:
        raise ExportError("Padding by anything but zeros around an array cannot be exported.")
    return [again(step, "pad", x, widths=[[low, high] for low, high, _ in widths])]


def _is_zero(operand: Operand | None) -> bool:
    return isinstance(operand, Constant) and not operand.array.any()


def _reverse(step: Step) -> Made:
    return [again(step, "reverse", axes=list(step.settings["dimensions"]))]


RULES: dict[str, Rule] = {
    "reshape": _reshape,
    "broadcast_in_dim": broadcast,
    "squeeze": _squeeze,
    "expand_dims": _expand_dims,
    "transpose": _transpose,
    "pad": _pad,
    "rev": _reverse,
}
