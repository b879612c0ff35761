"""Pictures and signals as RGB arrays for people to look at. Pillow is imported when it is used."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SIGNAL_HEIGHT, SIGNAL_WIDTH = 48, 160
INKS = ((31, 95, 192), (179, 84, 0), (30, 130, 76), (180, 35, 24))
# Dark to light, as heat is drawn: from, over and to.
HEAT = np.array([(0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)], float)


def portrait(row: Array, low: float | None = None, high: float | None = None) -> Array:
    """One picture (height, width, channels) or signal (steps, channels) as uint8 RGB.

    Numbers that are not uint8 are spread from `low` to `high`, by default their own range.
    """
    if row.ndim == 2:
        return _plotted(row)
    if row.dtype != np.uint8:
        low = float(row.min()) if low is None else low
        high = float(row.max()) if high is None else high
        row = (255.0 * np.clip((row - low) / max(high - low, 1e-12), 0, 1)).astype(np.uint8)
    if row.shape[-1] == 3:
        return row
    return np.repeat(row[..., :1], 3, axis=-1)


def _plotted(row: Array) -> Array:
    """A signal as lines."""
    picture = np.full((SIGNAL_HEIGHT, SIGNAL_WIDTH, 3), 255, np.uint8)
    values = row.astype(np.float64)
    low, high = values.min(), values.max()
    down = (high - values) / max(high - low, 1e-12) * (SIGNAL_HEIGHT - 5) + 2  # (steps, channels)
    places = np.linspace(0, len(row) - 1, SIGNAL_WIDTH)
    for channel in range(min(row.shape[1], len(INKS))):
        heights = np.interp(places, np.arange(len(row)), down[:, channel])
        for x in range(SIGNAL_WIDTH):
            near = heights[max(0, x - 1) : x + 1]
            top, bottom = int(near.min()), int(near.max()) + 1
            picture[top : bottom + 1, x] = INKS[channel]
    return picture


def _fitted(values: Array, plain: Array) -> Array:
    """One number for each pixel of a portrait: a signal's are spread over its height."""
    if values.ndim == 1:
        places = np.linspace(0, len(values) - 1, plain.shape[1])
        line = np.interp(places, np.arange(len(values)), values)
        return np.asarray(np.broadcast_to(line, plain.shape[:2]))
    return np.asarray(values)


def heated(plain: Array, values: Array) -> Array:
    """A portrait under heat: `values` from 0 to 1, (height, width) or (steps,)."""
    share = np.clip(_fitted(values, plain), 0.0, 1.0)
    places = share * (len(HEAT) - 1)
    low = np.minimum(places.astype(int), len(HEAT) - 2)
    colour = HEAT[low] + (HEAT[low + 1] - HEAT[low]) * (places - low)[..., None]
    return np.asarray(0.4 * plain + 0.6 * colour).astype(np.uint8)


def for_and_against(plain: Array, values: Array) -> Array:
    """A pale portrait on which red speaks for the output, and blue against it."""
    values = _fitted(values, plain)
    most = max(float(np.quantile(np.abs(values), 0.995)), 1e-12)
    share = np.clip(values / most, -1.0, 1.0)[..., None]
    pale = 255.0 - 0.25 * (255.0 - plain.mean(axis=-1, keepdims=True))
    red, blue = np.array([200.0, 30.0, 20.0]), np.array([20.0, 70.0, 200.0])
    colour = np.where(share > 0, red, blue)
    mixed = pale * (1 - np.abs(share)) + colour * np.abs(share)
    return np.broadcast_to(mixed, plain.shape).astype(np.uint8)


def tiled(pictures: Sequence[Array], columns: int, gap: int = 1) -> Array:
    """Equal-sized RGB pictures in rows, with a white gap."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), 255, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = (place // columns) * (height + gap), (place % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def maps_tiled(maps: Array, columns: int = 8, most: int = 16) -> Array:
    """Feature maps (height, width, filters), or of a signal (steps, filters), side by side."""
    if maps.ndim == 2:
        maps = np.repeat(maps[None], max(1, len(maps) // 4), axis=0)
    return tiled([portrait(maps[..., [n]]) for n in range(min(most, maps.shape[-1]))], columns)


def png(picture: Array, colours: int | None = None) -> bytes:
    """An RGB or RGBA array as a PNG file; with few `colours` it is a quarter as large."""
    from PIL import Image

    image = Image.fromarray(picture)
    if colours is not None:
        image = image.quantize(colours, method=Image.Quantize.FASTOCTREE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def save(picture: Array, path: Any) -> None:
    """Write an RGB array to a picture file, the kind by its suffix."""
    from PIL import Image

    Image.fromarray(picture).save(path)
