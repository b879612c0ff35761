"""One picture file's bytes as numbers of a given form, whatever kind of picture it is.

What is done, in this order: the first picture of an animation is taken; 16 bits become 8;
transparency is laid on white; colours become grey where the form has one channel, and grey
becomes colour where it has three; a rotation noted in the EXIF header is carried out; the size
is changed. A mask keeps the numbers that the file holds (class numbers, or 0 and 255).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ranvier.data.pictures.colours import colours, is_grey, numbers, opaque
from ranvier.data.pictures.foreign import Unreadable, beginning
from ranvier.data.pictures.form import MASK, Form
from ranvier.data.pictures.sizing import covering, sized

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".webp", ".tif", ".tiff",
     ".ppm", ".pgm", ".pbm", ".pnm", ".avif")
)  # fmt: skip
MOST_PIXELS = 178_956_970  # where Pillow, too, stops to believe that it is a picture
# What is seen of a file beside its size, as bits of one number.
ALPHA, DEEP, TURNED, MOVING = 1, 2, 4, 8
ORIENTATION = 0x0112  # in the EXIF header
SIDEWAYS = frozenset((5, 6, 7, 8))  # orientations that exchange height and width

Seen = tuple[int, int, int, int]  # height, width, channels (1 or 3), bits


def glance(source: Any) -> Seen:
    """What the header tells; `source` is bytes or a path.

    Raises:
        Unreadable: it is no picture.
    """
    with opened(source) as image:
        return glance_at(image)


def decode(data: bytes, form: Form) -> tuple[bytes, Seen]:
    """The picture in that form, height × width × channels bytes, and what was seen of it.

    Raises:
        Unreadable: it is no picture, or a damaged one.
    """
    with opened(data) as image:
        seen = glance_at(image)
        return drawn(image, form), seen


def glance_at(image: Image) -> Seen:
    """Height, width, channels and bits of an open picture."""
    turn = _orientation(image)
    if 0 in image.size:
        raise Unreadable("has no pixels")
    bits = TURNED if turn > 1 else 0
    if not opaque(image):
        bits |= ALPHA
    if image.mode[0] in "IF":
        bits |= DEEP
    if image.format in ("GIF", "PNG", "WEBP") and getattr(image, "is_animated", False):
        bits |= MOVING
    width, height = image.size[::-1] if turn in SIDEWAYS else image.size
    return height, width, 1 if is_grey(image) else 3, bits


def drawn(image: Image, form: Form) -> bytes:
    """The numbers of an open picture in that form."""
    height, width, channels = form.shape
    turn = _orientation(image)
    mode = "L" if channels == 1 else "RGB"
    if form.kind == MASK:
        result = numbers(image)
    else:
        if image.format in ("JPEG", "MPO") and max(image.width / width, image.height / height) > 1:
            sideways = turn in SIDEWAYS
            wide, high = covering(image.size[::-1] if sideways else image.size, form)
            image.draft(mode, (high, wide) if sideways else (wide, high))
        result = colours(image, mode)
    if turn > 1:
        result = result.transpose(_turns()[turn])
    if result.size != (width, height):
        result = sized(result, form)
    return result.tobytes()


def upright(image: Image, like: Image | None = None) -> Image:
    """Turned as the EXIF header says, of the picture itself or of the one that it was made from."""
    turn = _orientation(image if like is None else like)
    return image.transpose(_turns()[turn]) if turn > 1 else image


@contextmanager
def opened(source: Any) -> Iterator[Image]:
    """An open picture; whatever Pillow says against it becomes `Unreadable`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Unreadable(_too_large(image.width, image.height))
            yield image
    except Unreadable:
        raise
    except UnidentifiedImageError:
        raise Unreadable(beginning(source, "an image")) from None
    except Image.DecompressionBombError:
        raise Unreadable(_too_large()) from None
    except (FileNotFoundError, PermissionError):
        raise
    except MemoryError:
        raise Unreadable("does not fit in memory") from None
    except Exception:  # each format has its own errors for damaged files, down to KeyError
        raise Unreadable("is cut short or damaged") from None


def _too_large(width: int = 0, height: int = 0) -> str:
    size = f"has {width:,} × {height:,} pixels" if width else "has too many pixels"
    return f"{size} (at most {MOST_PIXELS:,} are read)"


def _orientation(image: Image) -> int:
    """How the camera was held, 1 to 8; 1 is upright. Pillow turns TIFF by itself."""
    if image.format == "TIFF" or not ("exif" in image.info or "xmp" in image.info):
        return 1
    turn = image.getexif().get(ORIENTATION, 1)
    return turn if turn in range(2, 9) else 1


def _turns() -> dict[int, Any]:
    from PIL.Image import Transpose

    return {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
