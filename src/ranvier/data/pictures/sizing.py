"""How a picture of one size becomes one of another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ranvier.data.pictures.form import MASK, Form

if TYPE_CHECKING:
    from PIL.Image import Image


def covering(size: tuple[int, int], form: Form) -> tuple[int, int]:
    """The smallest (width, height) that a picture may be read in without losing detail."""
    wide, high = form.shape[1] / size[0], form.shape[0] / size[1]
    if form.resize == "squash":
        return form.shape[1], form.shape[0]
    scale = max(wide, high) if form.resize == "crop" else min(wide, high)
    return math.ceil(size[0] * scale), math.ceil(size[1] * scale)


def sized(image: Image, form: Form) -> Image:
    """The picture in the form's size: by area and linearly, a mask by the nearest pixel."""
    from PIL import Image as pillow

    size = form.shape[1], form.shape[0]
    how = pillow.Resampling.NEAREST if form.kind == MASK else pillow.Resampling.BILINEAR
    if form.resize == "squash":
        return image.resize(size, how)
    if form.resize == "pad":
        scale = min(size[0] / image.width, size[1] / image.height)
        inner = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        page = pillow.new(image.mode, size)
        page.paste(image.resize(inner, how), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
        return page
    scale = max(size[0] / image.width, size[1] / image.height)
    wide, high = size[0] / scale, size[1] / scale  # of what is cut out, in pixels of the source
    left, top = (image.width - wide) / 2, (image.height - high) / 2
    box = max(left, 0.0), max(top, 0.0)
    return image.resize(
        size, how, (*box, min(left + wide, image.width), min(top + high, image.height))
    )
