"""Operations that look alike in PyTorch and JAX."""

from __future__ import annotations

import re

from ranvier.errors import ExportError
from ranvier.export.graph import Operand, Size, Step
from ranvier.export.source.dialect import Lengths
from ranvier.export.source.expressions import (
    ATOM,
    PRODUCT,
    SIGNS,
    Text,
    index,
    infix,
    method,
    prefix,
)
from ranvier.export.symbols import terms


def shared(step: Step, operands: list[Text], lengths: Lengths) -> Text | None:
    """A step in signs and indices; None where each framework has its own word."""
    kind = step.kind
    whole = step.outputs[0].dtype[0] in "iu" and kind == "divide"
    if kind == "add" and re.fullmatch(r"-[\d.e-]+", operands[1].words):
        return infix("subtract", operands[0], Text(operands[1].words[1:]))
    if kind in SIGNS and not whole:
        return infix(kind, *operands)
    if kind == "negative":
        return prefix("-", operands[0])
    if kind == "logical_not":
        return prefix("~", operands[0])
    if kind == "slice":
        return index(operands[0], _parts(step))
    if kind == "expand_dims":
        return index(operands[0], _spread(step))
    if kind == "reshape":
        shape = step.settings["shape"]
        if sum(isinstance(size, str) for size in shape) == 1:
            return method(operands[0], "reshape", *_with_free(shape))
        return method(operands[0], "reshape", *sizes(step, operands[0], lengths))
    if kind == "size":
        return Text(f"{operands[0].words}.shape[{step.settings['axis']}]")
    if kind == "squeeze":
        axes = [str(axis) for axis in step.settings["axes"]]
        return method(operands[0], "squeeze", axes[0] if len(axes) == 1 else f"({', '.join(axes)})")
    if kind == "einsum" and _is_product(step.settings["equation"]):
        left, right = operands
        return Text(f"{left.within(PRODUCT)} @ {right.within(PRODUCT - 1)}", PRODUCT)
    return None


def _with_free(shape: list[Size]) -> list[str]:
    return ["-1" if isinstance(size, str) else str(size) for size in shape]


def sizes(step: Step, x: Text, lengths: Lengths) -> list[str]:
    """The new shape of x as text: what it has already is read from there."""
    shape, old = step.settings["shape"], step.inputs[0]
    assert old is not None
    kept = 0
    while kept < len(shape) and shape[kept : kept + 1] == list(old.shape[kept : kept + 1]):
        kept += 1
    if kept > 1 and any(isinstance(size, str) for size in shape[:kept]):
        return [
            f"*{x.within(ATOM)}.shape[:{kept}]",
            *(_size(size, lengths) for size in shape[kept:]),
        ]
    return [_size(size, lengths) for size in shape]


def _size(size: Size, lengths: Lengths) -> str:
    def symbol(found: re.Match[str]) -> str:
        if found[0] not in lengths:
            raise ExportError(f"The size {size} of an array cannot be written as source.")
        return lengths[found[0]]

    terms(size)  # or it is nothing that Python would read in the same way
    spaced = re.sub(r"\s*([*+-])\s*", r" \1 ", str(size)).replace("^", " ** ")
    return re.sub(r"[a-z_]\w*", symbol, spaced)


def axis_of(axis: int, operand: Operand) -> int:
    """-1 for the last one."""
    return -1 if axis == len(operand.shape) - 1 else axis


def axes_of(step: Step) -> str:
    """The axes that a reduction goes over."""
    x = step.inputs[0]
    assert x is not None
    axes = step.settings["axes"]
    if len(axes) == 1:
        return str(axis_of(axes[0], x) if len(x.shape) > 1 else axes[0])
    return f"({', '.join(map(str, axes))})"


def _parts(step: Step) -> list[str]:
    """Of a slice: what is taken along each axis."""
    x, given = step.inputs[0], step.settings
    assert x is not None
    found = []
    for size, start, limit, stride in zip(
        x.shape, given["starts"], given["limits"], given["strides"], strict=True
    ):
        if not isinstance(start, int) or (not isinstance(limit, int) and limit != size):
            raise ExportError("A part of the rows of a batch cannot be written as source.")
        first = str(start) if start else ""
        last = "" if limit == size else str(limit)
        found.append(f"{first}:{last}" + (f":{stride}" if stride != 1 else ""))
    return found


def _spread(step: Step) -> list[str]:
    axes, rank = step.settings["axes"], len(step.outputs[0].shape)
    parts = ["None" if axis in axes else ":" for axis in range(rank)]
    behind = rank - 1 - max(i for i, part in enumerate(parts) if part == ":") if rank > 1 else 0
    ahead = parts[: rank - behind]
    if behind and len(ahead) > 1 and set(ahead) == {":"}:
        return ["...", *parts[rank - behind :]]
    return parts


def _is_product(equation: str) -> bool:
    """Whether it is a product of matrices."""
    inputs, result = equation.split("->")
    left, right = inputs.split(",")
    return (
        len(left) == len(right) > 1
        and left[:-2] == right[:-2]
        and left[-1] == right[-2]
        and result == left[:-1] + right[-1]
    )
