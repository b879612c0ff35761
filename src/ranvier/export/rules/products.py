"""Rules for sums of products: dense layers and convolutions."""

from __future__ import annotations

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import Constant, Step
from ranvier.export.rules.step import Made, Rule, again


def _product(step: Step) -> Made:
    """A dense layer where the other side is known, and else a sum of products."""
    (over_x, over_y), (of_x, of_y) = step.settings["dimension_numbers"]
    x, y = step.inputs
    assert x is not None
    assert y is not None
    last = len(x.shape) - 1
    if isinstance(y, Constant) and not of_y and len(y.shape) == 2 and list(over_x) == [last]:
        kernel = y if list(over_y) == [0] else Constant(y.array.T, y.name)
        return [again(step, "dense", x, kernel, None)]
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
    return [again(step, "einsum", x, y, equation=words)]


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
        return [again(step, "transposed_convolution", x, turned, None, strides=steps, padding=cut)]
    return [
        again(step, "convolution", x, kernel, None, strides=list(given["window_strides"]),
            padding=[list(pair) for pair in given["padding"]],
            dilation=list(given["rhs_dilation"]), groups=given["feature_group_count"])
    ]  # fmt: skip


RULES: dict[str, Rule] = {
    "dot_general": _product,
    "conv_general_dilated": _convolution,
}
