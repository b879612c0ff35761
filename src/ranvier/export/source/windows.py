"""How a convolution is padded, in the words that frameworks have for it."""

from __future__ import annotations

from ranvier.export.graph import Step


def is_even(padding: list[list[int]]) -> bool:
    """Whether both sides of each axis have as much, and none less than nothing."""
    return all(low == high >= 0 for low, high in padding)


def is_same(step: Step) -> bool:
    """Whether it is what keeps the size: half before and half behind, the odd one behind."""
    kernel, given = step.inputs[1], step.settings
    assert kernel is not None
    if set(given["strides"]) != {1}:
        return False
    for size, dilation, pair in zip(
        kernel.shape, given["dilation"], given["padding"], strict=False
    ):
        assert isinstance(size, int)
        whole = dilation * (size - 1)
        if list(pair) != [whole // 2, whole - whole // 2]:
            return False
    return True
