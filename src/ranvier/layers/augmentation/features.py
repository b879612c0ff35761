"""What a quick look at pictures sees: small pixels, or edges. NumPy, on the host."""

from __future__ import annotations

import numpy as np

SIDE, CELLS = 14, 6  # pixels of a side that is looked at; cells of edges
SLICE = 4_000_000  # values that are made small at a time


def pixels(small: np.ndarray) -> np.ndarray:
    """What is told apart by colours and places."""
    return small.reshape(len(small), -1)


def edges(small: np.ndarray) -> np.ndarray:
    """How steep, and in which direction, in each cell: signs on grounds of any colour.

    The cell's means of dy², dx² and dy dx, so blind to which side is brighter, and divided by
    the picture's norm, so blind to contrast.
    """
    grey = small.mean(axis=3)
    down = grey[:, 2:, 1:-1] - grey[:, :-2, 1:-1]
    right = grey[:, 1:-1, 2:] - grey[:, 1:-1, :-2]
    if down.size == 0:  # too small for edges
        return pixels(small)
    cells = shrunk(np.stack([down * down, right * right, down * right], axis=3), CELLS)
    cells = (np.sign(cells) * np.sqrt(np.abs(cells))).reshape(len(cells), -1)
    norm = np.sqrt(np.square(cells).mean(axis=1, keepdims=True))
    seen: np.ndarray = cells / np.maximum(norm, 1e-9)
    return seen


def shrunk(pictures: np.ndarray, side: int) -> np.ndarray:
    """float32 (n, ≤ side, ≤ side, channels): means over areas, alike from left and right."""
    some = max(1, SLICE // pictures[0].size)
    return np.concatenate(
        [_shrunk(pictures[at : at + some], side) for at in range(0, len(pictures), some)]
    )


def _shrunk(pictures: np.ndarray, side: int) -> np.ndarray:
    count, height, width, channels = pictures.shape
    rows, columns = _areas(height, side), _areas(width, side)
    # Two large products: many small ones would wait for BLAS's threads on a busy machine.
    x = pictures.astype(np.float32).transpose(0, 3, 1, 2).reshape(-1, width)
    x = (x @ columns.T).reshape(count * channels, height, -1)  # (n channels, H, columns)
    x = x.transpose(0, 2, 1).reshape(-1, height) @ rows.T  # (n channels columns, rows)
    small: np.ndarray = x.reshape(count, channels, len(columns), len(rows))
    return small.transpose(0, 3, 2, 1)


def _areas(length: int, most: int) -> np.ndarray:
    """float32 (min(length, most), length): each row averages its share of the length."""
    parts = min(length, most)
    ends = np.arange(parts + 1)[:, None] * (length / parts)  # (parts + 1, 1)
    inside = np.clip(ends - np.arange(length)[None], 0, 1)  # of each pixel, before each end
    shares: np.ndarray = np.diff(inside, axis=0) * (parts / length)
    return shares.astype(np.float32)
