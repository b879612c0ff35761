"""A channel of a sequence as a line, on ground that is coloured by what its steps added."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

WIDTH, HEIGHT = 640, 64
FINER = 2  # drawn so much larger, so that the line is smooth
FOR, AGAINST = (222, 74, 58), (58, 118, 226)
INK = (116, 124, 132)  # a grey that is seen on white and on black
DEEPEST = 150  # of 255: the line stays to be seen
MARGIN = 4


def track(line: Array, values: Array | None, most: float = 1.0, width: int = WIDTH) -> Array:
    """A line over coloured ground, uint8 RGBA (HEIGHT, width, 4), clear where nothing is.

    Args:
        line: float (steps,); NaN interrupts it.
        values: float (steps,), red above zero and blue below; None: no ground.
        most: the value whose colour is deepest.
        width: of the picture, in pixels.
    """
    from PIL import Image, ImageDraw

    wide, high = width * FINER, HEIGHT * FINER
    ground = np.zeros((high, wide, 4), np.uint8)
    if values is not None:
        ground[:] = _ground(values, most, wide)[None]
    image = Image.fromarray(ground)
    pen = ImageDraw.Draw(image)
    xs = (np.arange(len(line)) + 0.5) * wide / max(len(line), 1)
    ys = _down(line.astype(np.float64), high)
    for begin, end in _runs(np.isfinite(ys)):
        points = list(zip(xs[begin:end].tolist(), ys[begin:end].tolist(), strict=True))
        if len(points) == 1:
            (x, y), r = points[0], 2 * FINER
            pen.ellipse((x - r, y - r, x + r, y + r), fill=INK)
        else:
            pen.line(points, fill=INK, width=2 * FINER, joint="curve")
    return np.asarray(image.resize((width, HEIGHT), Image.Resampling.BOX))


def on_paper(picture: Array) -> Array:
    """An RGBA picture on white: uint8 RGB."""
    clear = picture[..., 3:].astype(np.float64) / 255.0
    mixed: Array = (picture[..., :3] * clear + 255.0 * (1.0 - clear)).round().astype(np.uint8)
    return mixed


def _ground(values: Array, most: float, wide: int) -> Array:
    """uint8 RGBA (wide, 4): of the steps behind one column, the strongest."""
    steps = len(values)
    edges = np.arange(wide + 1) * steps / wide
    first = np.minimum(edges[:-1].astype(int), steps - 1)
    last = np.maximum(first + 1, np.minimum(np.ceil(edges[1:]).astype(int), steps))
    if steps <= wide:
        last = first + 1
    shown = np.array([_strongest(values[a:b]) for a, b in zip(first, last, strict=True)])
    part = np.clip(shown / max(most, 1e-12), -1.0, 1.0)[:, None]
    colour = np.where(part > 0, np.array(FOR), np.array(AGAINST))
    whole: Array = np.concatenate([colour, DEEPEST * np.abs(part)], axis=1).astype(np.uint8)
    return whole


def _strongest(values: Array) -> float:
    return float(values[np.argmax(np.abs(values))])


def _down(line: Array, high: int) -> Array:
    """Places from the top, (steps,)."""
    known = line[np.isfinite(line)]
    low, top = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    share = (line - low) / (top - low) if top > low else np.where(np.isfinite(line), 0.5, np.nan)
    edge = MARGIN * FINER
    found: Array = edge + (1.0 - share) * (high - 2 * edge)
    return found


def _runs(there: Array) -> list[tuple[int, int]]:
    """Where what is there begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
