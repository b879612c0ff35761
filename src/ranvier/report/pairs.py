"""Pictures side by side, as they are seen together: in one range of brightness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ranvier.explain import drawing
from ranvier.report.gallery import LARGEST, Tile

Words = tuple[str, ...]


def side_by_side(pictures: Sequence[np.ndarray], words: Words, largest: int = LARGEST) -> Tile:
    """Equal-sized pictures (height, width, channels) as one, thinned out where they are large."""
    low = min(float(one.min()) for one in pictures)
    high = max(float(one.max()) for one in pictures)
    step = -(-max(pictures[0].shape[:2]) // largest)
    parts = [drawing.portrait(one[::step, ::step], low, high) for one in pictures]
    return Tile(drawing.tiled(parts, len(parts), gap=2), words, len(parts))
