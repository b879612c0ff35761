"""A picture of any kind of pixels in eight bits, grey or in three colours; or a mask's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.pictures.foreign import Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

GREY = frozenset(("1", "L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L", "I;16N"))
OPAQUE = frozenset(("1", "L", "RGB", "RGBX", "CMYK", "YCbCr", "LAB", "HSV"))


def opaque(image: Image) -> bool:
    """Whether there is no transparency."""
    return "transparency" not in image.info and (image.mode in OPAQUE or image.mode[0] in "IFP")


def is_grey(image: Image) -> bool:
    """Whether it has no colours, by its kind and its palette."""
    return image.mode in GREY or (image.mode == "P" and _grey_palette(image))


def _grey_palette(image: Image) -> bool:
    if image.palette is None:
        return False
    order, table = image.palette.getdata()
    entries = np.frombuffer(bytes(table), np.uint8)
    step = len(order)
    entries = entries[: len(entries) // step * step].reshape(-1, step)[:, :3]
    return bool((entries == entries[:, :1]).all())


def colours(image: Image, mode: str) -> Image:
    """Eight bits in mode "L" or "RGB", transparency laid on white."""
    from PIL import Image as pillow

    if opaque(image):
        if image.mode == mode:
            image.load()
            return image
        page: Image = _shallow(image) if image.mode[0] in "IF" else image
    else:
        if image.mode in ("La", "PA"):
            image = image.convert("LA" if image.mode == "La" else "RGBA")
        page = pillow.new("RGBA", image.size, "white")
        page.alpha_composite(image.convert("RGBA"))
    if page.mode in ("LAB", "HSV"):
        page = page.convert("RGB")
    return page.convert(mode)


def _shallow(image: Image) -> Image:
    """Deep pixels in 8 bits: 16-bit ones divided by 257, floats up to 1 multiplied by 255."""
    from PIL import Image as pillow

    values: Any = np.asarray(image).astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if image.mode.startswith("I;16"):
        values = values / 257
    elif image.mode == "F" and low >= 0 and high <= 1:
        values = values * 255
    elif image.mode == "I" and low >= 0 and 255 < high <= 65535:
        values = values / 257
    elif not (low >= 0 and high <= 255):
        raise Unreadable(f"holds values from {low:g} to {high:g}, which have no place in 8 bits")
    return pillow.fromarray((values + 0.5).astype(np.uint8))


def numbers(image: Image) -> Image:
    """A mask's pixels as they are: palette indices, class numbers, 0 and 255."""
    from PIL import Image as pillow

    if image.mode in ("P", "L", "1"):
        image.load()
        return image if image.mode == "L" else pillow.fromarray(
            np.asarray(image.convert("L") if image.mode == "1" else image)
        )  # fmt: skip
    if image.mode[0] == "I":
        values = np.asarray(image)
        if values.min() < 0 or values.max() > 255:
            raise Unreadable("is a mask with numbers above 255")
        return pillow.fromarray(values.astype(np.uint8))
    return image.convert("RGB").convert("L") if image.mode in ("LAB", "HSV") else image.convert("L")
