"""Convolutions, and how their edges are said in Keras."""

from __future__ import annotations

from typing import Any

from ranvier.errors import ExportError
from ranvier.export.graph import Size, Step
from ranvier.export.keras.writer import Writer, array_of, optional, without
from ranvier.export.text import call, literal


def convolution(writer: Writer, step: Step) -> None:
    """Conv1D or Conv2D, behind zeros around the array where Keras has no word for them."""
    x, kernel, bias = step.inputs
    given = step.settings
    weights = {"kernel": array_of(kernel)} | optional("bias", bias)
    sizes = weights["kernel"].shape[:-2]
    padding, widths = _padding(_sizes(x), sizes, given)
    into = writer.variable(x)
    if widths:
        output = writer.variable(step.outputs[0])
        layer = f"keras.layers.ZeroPadding{len(sizes)}D"
        writer.lines += call(f"{output} = {layer}", [literal(widths)], f"({into})")
        into = output
    arguments = [str(weights["kernel"].shape[-1]), window(sizes)]
    arguments += _changed("strides", given["strides"])
    arguments += [] if padding == "valid" else [f'padding="{padding}"']
    arguments += _changed("dilation_rate", given["dilation"])
    arguments += [] if given["groups"] == 1 else [f"groups={given['groups']}"]
    arguments += without("bias", bias)
    writer.layer(step, f"Conv{len(sizes)}D", arguments, weights, into=into)


def _padding(sizes: tuple[Size, ...], taps: tuple[int, ...], given: dict[str, Any]) -> Any:
    """Keras's word for it, and the widths of a layer of zeros before where it has none."""
    wanted = [tuple(pair) for pair in given["padding"]]
    if not any(map(any, wanted)):
        return "valid", None
    same = []
    for n, k, stride, dilation in zip(
        sizes, taps, given["strides"], given["dilation"], strict=True
    ):
        if isinstance(n, str) and stride > 1:
            return "valid", wanted[0] if len(wanted) == 1 else tuple(wanted)
        size = 1 if isinstance(n, str) else n  # which by steps of 1 is all the same
        total = max((-(-size // stride) - 1) * stride + (k - 1) * dilation + 1 - size, 0)
        same.append((total // 2, total - total // 2))
    if wanted == same:
        return "same", None
    return "valid", wanted[0] if len(wanted) == 1 else tuple(wanted)


def transposed_convolution(writer: Writer, step: Step) -> None:
    """Conv1DTranspose or Conv2DTranspose, cropped where Keras has no word for it."""
    _, kernel, bias = step.inputs
    weights = {"kernel": array_of(kernel)} | optional("bias", bias)
    sizes, strides = weights["kernel"].shape[:-2], step.settings["strides"]
    arguments = [str(weights["kernel"].shape[-2]), window(sizes)]
    arguments += _changed("strides", strides)
    cuts = _cuts(sizes, strides, step.settings["padding"])
    arguments += [] if cuts else ['padding="same"']
    arguments += without("bias", bias)
    writer.layer(step, f"Conv{len(sizes)}DTranspose", arguments, weights)
    if cuts and any(map(any, cuts)):
        output = writer.variable(step.outputs[0])
        widths = literal(cuts[0] if len(cuts) == 1 else tuple(cuts))
        layer = f"keras.layers.Cropping{len(sizes)}D"
        writer.lines += call(f"{output} = {layer}", [widths], f"({output})")


def _cuts(taps: tuple[int, ...], strides: list[int], padding: list[list[int]]) -> list[Any]:
    """What is cut off on each side of what Keras makes without padding; [] where it is "same"."""
    more = [k - s for k, s in zip(taps, strides, strict=True)]
    same = [[max(m, 0) // 2, m - max(m, 0) // 2] for m in more]
    if padding == same:
        return []
    # Keras adds zeros up to a whole stride, where the kernel is shorter than that.
    cuts = [(low, high - min(m, 0)) for (low, high), m in zip(padding, more, strict=True)]
    if min(map(min, cuts)) < 0:
        raise ExportError(f"Keras has no transposed convolution that cuts off {padding}.")
    return cuts


def _sizes(operand: Any) -> tuple[Size, ...]:
    """Pixels along each axis; text where that is not known."""
    return tuple(operand.shape[1:-1])


def window(sizes: Any) -> str:
    """One number where all are the same."""
    return str(sizes[0]) if len(set(sizes)) == 1 else literal(tuple(sizes))


def _changed(name: str, sizes: Any) -> list[str]:
    return [] if set(sizes) == {1} else [f"{name}={window(sizes)}"]
