"""One picture in the size that it has, whatever holds it: a file, an array, or Pillow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.pictures.colours import GREY, colours, is_grey, opaque
from ranvier.data.pictures.decoding import glance_at, opened, upright
from ranvier.data.pictures.foreign import Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

Array = np.ndarray[Any, Any]

MOST = 255.0  # of a pixel in eight bits
DEEP = 257.0  # of sixteen bits for each of eight


@dataclass(frozen=True, eq=False)
class Opened:
    """The numbers of a picture as they are.

    Attributes:
        pixels: (H, W, channels): grey, grey and alpha, colours, colours and alpha.
        unit: of these numbers for one step in eight bits: 1 of uint8, 257 of uint16.
        form: "pillow" for files and Pillow's pictures, else the number of axes of the array.
    """

    pixels: Array
    unit: float
    form: str | int

    @property
    def coloured(self) -> int:
        """Channels that are not alpha."""
        channels: int = self.pixels.shape[2]
        return channels - 1 if channels in (2, 4) else channels

    def like(self, pixels: Array) -> Any:
        """Pixels (H, W, channels) of the same kind, in the form that the picture had."""
        if self.form == "pillow":
            from PIL import Image as pillow

            return pillow.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
        return pixels[..., 0] if self.form == 2 else pixels


def open_picture(source: Any) -> Opened:
    """A path, Pillow's picture, or an array (H, W) or (H, W, channels), to be made larger.

    Raises:
        Unreadable: it is no picture.
        OSError: there is no such file.
    """
    if isinstance(source, (str, Path)) or hasattr(source, "getbands"):
        with _pillow(source) as image:
            return _of_pillow(upright(image))
    array = np.asarray(source)
    form = array.ndim
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise Unreadable(
            f"is no picture: its shape is {np.shape(source)}, and (height, width) or (height, "
            "width, channels) with at most 4 channels is expected"
        )
    return Opened(array, _unit(array), form)


def size_of(source: Any) -> tuple[int, int, int]:
    """Height, width and channels (1 or 3), without reading the pixels of a file.

    Raises:
        Unreadable, OSError: as `open_picture`.
    """
    if isinstance(source, (str, Path)) or hasattr(source, "getbands"):
        with _pillow(source) as image:
            return glance_at(image)[:3]
    picture = open_picture(source)
    height, width = picture.pixels.shape[:2]
    return height, width, picture.coloured


def pixels_of(source: Any, channels: int) -> Array:
    """Uint8 (H, W, channels), channels 1 or 3; transparency is laid on white.

    Raises:
        Unreadable, OSError: as `open_picture`.
    """
    from PIL import Image as pillow

    mode = "L" if channels == 1 else "RGB"
    if isinstance(source, (str, Path)) or hasattr(source, "getbands"):
        with _pillow(source) as image:
            page = np.asarray(upright(colours(image, mode), like=image))
    else:
        picture = open_picture(source)
        shallow = np.clip(picture.pixels / picture.unit + 0.5, 0, MOST).astype(np.uint8)
        plain = pillow.fromarray(shallow[..., 0] if shallow.shape[2] == 1 else shallow)
        page = np.asarray(colours(plain, mode))
    return page.reshape(*page.shape[:2], channels)


@contextmanager
def _pillow(source: Any) -> Iterator[Image]:
    if isinstance(source, (str, Path)):
        with opened(str(source)) as image:
            yield image
    else:
        yield source


def _of_pillow(image: Image) -> Opened:
    if image.mode[0] in "IF":
        array = np.asarray(image)
        if image.mode[0] == "I":
            if array.min() < 0 or array.max() > DEEP * MOST:
                raise Unreadable(f"holds values from {array.min()} to {array.max()}")
            array = array.astype(np.uint16 if array.max() > MOST else np.uint8)
        return Opened(array[..., None], _unit(array), "pillow")
    if opaque(image):
        mode = "L" if is_grey(image) else "RGB"
        array = np.asarray(colours(image, mode))
    else:
        array = np.asarray(image.convert("LA" if image.mode in GREY else "RGBA"))
    return Opened(array.reshape(*array.shape[:2], -1), 1.0, "pillow")


def _unit(array: Array) -> float:
    """What one step of eight bits is in these numbers.

    Raises:
        Unreadable: they have no place in eight bits.
    """
    if array.dtype == np.uint8:
        return 1.0
    if array.dtype == np.uint16:
        return DEEP
    if array.dtype == bool:
        return 1.0 / MOST
    if array.dtype.kind not in "fiu":
        raise Unreadable(f"holds {array.dtype}, and numbers are expected")
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= MOST):
        raise Unreadable(f"holds values from {low:g} to {high:g}, and 0 to 1 or 255 are expected")
    return 1.0 / MOST if high <= 1.0 and array.dtype.kind == "f" else 1.0
