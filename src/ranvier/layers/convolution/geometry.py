"""Where a convolution's window goes: strides, padding, dilation and groups, always of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Pair = tuple[int, int]
Padding = str | Sequence[tuple[int, int]]


class Geometry(NamedTuple):
    """How a kernel slides over an image. Each pair is (along the height, along the width).

    Attributes:
        strides: pixels from one window to the next.
        padding: zeros before and after each axis.
        dilation: pixels from one kernel tap to the next.
        groups: parts of the channels that do not see each other.
    """

    strides: Pair = (1, 1)
    padding: tuple[Pair, Pair] = ((0, 0), (0, 0))
    dilation: Pair = (1, 1)
    groups: int = 1

    def output(self, size: Sequence[int], kernel: Sequence[int]) -> Pair:
        """Height and width of the output for an image and a kernel of (height, width)."""
        height, width = (
            (n + low + high - (k - 1) * d - 1) // s + 1
            for n, k, s, (low, high), d in zip(
                size, kernel, self.strides, self.padding, self.dilation, strict=True
            )
        )
        return max(height, 0), max(width, 0)


def pairs_of_padding(
    padding: Padding,
    size: Sequence[int],
    kernel: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
) -> tuple[Pair, ...]:
    """Zeros before and after each axis.

    "same": the output has ceil(size / stride) pixels, and of an odd number of zeros the
    larger half comes after, as in TensorFlow and XLA. "valid": none.
    """
    if padding == "valid":
        return ((0, 0),) * len(size)
    if padding == "same":
        pairs = []
        for n, k, s, d in zip(size, kernel, strides, dilation, strict=True):
            zeros = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
            pairs.append((zeros // 2, zeros - zeros // 2))
        return tuple(pairs)
    if isinstance(padding, str) or len(padding) != len(size) or any(len(p) != 2 for p in padding):
        raise ValueError(
            f'padding must be "same", "valid" or one (before, after) per axis, got {padding!r} '
            f"for {len(size)} axes"
        )
    return tuple((int(low), int(high)) for low, high in padding)
