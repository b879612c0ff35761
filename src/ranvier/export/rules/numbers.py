"""Rules for what is done number by number, and for the largest of several."""

from __future__ import annotations

import numpy as np

from ranvier.export.graph import Constant, Step, Value
from ranvier.export.rules.step import Made, Rule, again, same


def _select(step: Step) -> Made:
    which, other, chosen = step.inputs
    return [again(step, "where", which, chosen, other)]


def _clamp(step: Step) -> Made:
    low, x, high = step.inputs
    (output,) = step.outputs
    above = Value(f"{output.name}_low", output.shape, output.dtype)
    return [Step("maximum", (x, low), (above,)), Step("minimum", (above, high), (output,))]


def _cast(step: Step) -> Made:
    dtype = step.outputs[0].dtype
    (x,) = step.inputs
    return [same(step) if x is not None and x.dtype == dtype else again(step, "cast", dtype=dtype)]


def _power(step: Step) -> Made:
    (x,), number = step.inputs, step.settings["y"]
    if number == 2:
        return [again(step, "square")]
    return [again(step, "power", x, Constant(np.asarray(number, step.outputs[0].dtype)))]


def _argmax(step: Step) -> Made:
    (axis,) = step.settings["axes"]
    return [again(step, "argmax", axis=axis, dtype=step.outputs[0].dtype)]


def _argmin(step: Step) -> Made:
    (x,), (output,) = step.inputs, step.outputs
    assert x is not None
    turned = Value(f"{output.name}_turned", x.shape, x.dtype)
    (axis,) = step.settings["axes"]
    settings = {"axis": axis, "dtype": output.dtype}
    return [Step("negative", (x,), (turned,)), Step("argmax", (turned,), (output,), settings)]


RULES: dict[str, Rule] = {
    "select_n": _select,
    "clamp": _clamp,
    "convert_element_type": _cast,
    "integer_pow": _power,
    "argmax": _argmax,
    "argmin": _argmin,
}
