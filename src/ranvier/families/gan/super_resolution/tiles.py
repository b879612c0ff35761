"""A picture of any size through a network that sees a small neighbourhood, in tiles.

Each tile is taken with as many pixels around it as the network can see, which are cut away
afterwards: so no seam shows, and memory does not grow with the picture. Beyond its edge a picture
is mirrored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Network = Callable[[Array], Array]  # (1, side, side, C) to (1, scale side, scale side, C)

SIDES = (64, 128, 256)  # of a tile with what is around it: a compiled program for each


def in_tiles(
    network: Network, picture: Array, scale: int, reach: int, *, side: int | None = None
) -> Iterator[tuple[slice, slice, Array]]:
    """Rows and columns of the large picture, and the float32 pixels that belong there.

    Args:
        network: makes a square picture larger.
        picture: (H, W, C).
        scale: how many times larger.
        reach: pixels around it that a pixel depends on.
        side: of a tile with what is around it; None: the smallest of `SIDES` that holds the
            picture, or the largest.
    """
    reach += reach % 2  # even, so that all tiles begin at the same phase of the fast convolution
    side = side or _side(picture.shape, reach)
    step = side - 2 * reach
    height, width = picture.shape[:2]
    for top in range(0, height, step):
        rows = _mirrored(np.arange(top - reach, top - reach + side), height)
        strip = picture[rows]
        for left in range(0, width, step):
            columns = _mirrored(np.arange(left - reach, left - reach + side), width)
            large = network(strip[None, :, columns])[0]
            high, wide = min(step, height - top), min(step, width - left)
            inside = large[
                scale * reach : scale * (reach + high), scale * reach : scale * (reach + wide)
            ]
            yield (
                slice(scale * top, scale * (top + high)),
                slice(scale * left, scale * (left + wide)),
                inside,
            )


def _side(shape: tuple[int, ...], reach: int) -> int:
    wanted = max(shape[:2]) + 2 * reach
    fitting = [side for side in SIDES if side >= wanted]
    if fitting:
        return fitting[0]
    return max(SIDES[-1], 4 * reach)


def _mirrored(places: Array, count: int) -> Array:
    """Places from 0 to count - 1, mirrored at both ends as often as it takes: 1 0 | 0 1 2 | 2 1."""
    places = places % (2 * count)
    mirrored: Array = np.minimum(places, 2 * count - 1 - places)
    return mirrored
