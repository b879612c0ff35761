"""Small plain PNG files, many at once: the decoder starts once for all of them, not once for each.

A PNG holds its rows, each behind a byte that says how it was predicted from the row above, in a
zlib stream. Here the streams are opened one by one, laid under each other as one tall picture,
and only then undone by Pillow. A row of zeros between two pictures is what the row above a first
row counts as. Files of another size, kind or with anything unusual are left to the usual way.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from ranvier.data.pictures.form import PICTURE, Form

Seen = tuple[int, int, int, int]
LARGEST = 128 * 128  # pixels: of larger pictures the start is no matter
BEGIN = struct.Struct(">8sI4sIIBBBBB").unpack_from  # signature and header
CHUNK = struct.Struct(">I4s").unpack_from
CHECK = struct.Struct(">I").unpack_from
SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR = 0, 2  # PNG's numbers for kinds of pixels
# Chunks that change no pixel.
HARMLESS = frozenset((b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"tEXt", b"zTXt", b"tIME", b"bKGD"))


def decode(contents: Sequence[bytes], form: Form) -> dict[int, tuple[bytes, Seen]]:
    """The pictures that can be read this way, by their place in `contents`."""
    height, width, channels = form.shape
    if form.kind != PICTURE or height * width > LARGEST:
        return {}
    header = (SIGNATURE, 13, b"IHDR", width, height, 8, COLOUR if channels == 3 else GREY, 0, 0, 0)
    size = height * (1 + width * channels)
    places: list[int] = []
    parts: list[bytes] = []
    gap = bytes(1 + width * channels)
    for place, data in enumerate(contents):
        if len(data) > 57 and BEGIN(data, 0) == header:
            rows = _rows(data, size, height)
            if rows is not None:
                places.append(place)
                parts += (rows, gap)
    if not places:
        return {}
    from PIL import Image

    mode = "RGB" if channels == 3 else "L"
    tall = (width, len(places) * (height + 1))
    stream = zlib.compress(b"".join(parts), 0)
    pixels = Image.frombytes(mode, tall, stream, "zip", mode, False).tobytes()
    step, end = (height + 1) * width * channels, height * width * channels
    seen = (height, width, channels, 0)
    return {
        place: (pixels[number * step : number * step + end], seen)
        for number, place in enumerate(places)
    }


def _rows(data: bytes, size: int, height: int) -> bytes | None:
    """The predicted rows; None where the file is not plain or not sound."""
    if zlib.crc32(data[12:29]) != CHECK(data, 29)[0]:
        return None
    parts = []
    place, end = 33, len(data)
    while place + 12 <= end:
        length, name = CHUNK(data, place)
        after = place + 8 + length
        if name == b"IDAT":
            if after + 4 > end or zlib.crc32(data[place + 4 : after]) != CHECK(data, after)[0]:
                return None
            parts.append(data[place + 8 : after])
        elif name == b"IEND":
            break
        elif name not in HARMLESS:
            return None
        place = after + 4
    else:
        return None
    unpacked = zlib.decompressobj()
    try:
        rows = unpacked.decompress(parts[0] if len(parts) == 1 else b"".join(parts), size + 1)
    except zlib.error:
        return None
    if len(rows) != size or not unpacked.eof:
        return None
    predicted = rows[:: size // height]  # how, 0 to 4, a byte before each row
    return rows if max(predicted) <= 4 else None
