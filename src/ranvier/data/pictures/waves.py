"""The samples of a .wav file: whole numbers of 8 to 32 bits, or floats, of any channels."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.pictures.foreign import Unreadable, beginning

Array = np.ndarray[Any, Any]
WHOLE, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
NAMES = {2: "ADPCM", 6: "A-law", 7: "µ-law", 0x11: "ADPCM", 0x31: "GSM", 0x55: "MP3"}
ENDLESS = (0, 0xFFFFFFFF)  # sizes that a program writes that does not know the end


@dataclass(frozen=True)
class Wave:
    """What the header tells.

    Attributes:
        kind: `WHOLE` or `FLOAT`.
        bytes: of one sample of one channel.
        channels: how many.
        rate: samples per second.
        start: where the samples begin in the file.
        length: samples of one channel.
    """

    kind: int
    bytes: int
    channels: int
    rate: int
    start: int
    length: int


def header(data: bytes, *, complete: bool = True) -> Wave:
    """Read the header.

    Args:
        data: the file, or its beginning.
        complete: whether `data` is the whole file; its length is then checked.

    Raises:
        Unreadable: it is no such file, or one that is cut short.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Unreadable(beginning(data, "a WAV recording") if data[:4] != b"RIFF" else "is not a "
                         "WAV recording of a kind that can be read")  # fmt: skip
    place, form = 12, None
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        place += 8
        if name == b"fmt " and place + 16 <= len(data):
            form = _form(data[place : place + min(size, 40)])
        elif name == b"data":
            if form is None:
                break
            kind, channels, rate, width = form
            there = len(data) - place
            if size in ENDLESS and there:
                size = there
            elif complete and size > there:
                raise Unreadable("is cut short or damaged")
            length = size // (width * channels)
            if not length:
                raise Unreadable("holds no sound")
            return Wave(kind, width, channels, rate, place, length)
        place += size + size % 2
    raise Unreadable("is cut short or damaged")


def samples(data: bytes, wave: Wave) -> Array:
    """The mean of all channels, (length,) float32 from -1 to 1."""
    raw = data[wave.start : wave.start + wave.length * wave.bytes * wave.channels]
    values: Array
    if wave.kind == FLOAT:
        values = np.frombuffer(raw, f"<f{wave.bytes}").astype(np.float32)
        if not np.isfinite(values).all():
            raise Unreadable("holds NaN or infinity")
    elif wave.bytes == 1:
        values = (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / 128
    elif wave.bytes == 3:
        wide = np.zeros((wave.length * wave.channels, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        values = wide.view("<i4")[:, 0].astype(np.float32) / 2**31
    else:
        values = np.frombuffer(raw, f"<i{wave.bytes}").astype(np.float32)
        values /= float(2 ** (8 * wave.bytes - 1))
    mean: Array = values.reshape(wave.length, wave.channels).mean(axis=1)
    return mean


def _form(fields: bytes) -> tuple[int, int, int, int]:
    """Kind, channels, rate and bytes of a sample."""
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", fields)
    if kind == EXTENSIBLE and len(fields) >= 26:
        kind = struct.unpack_from("<H", fields, 24)[0]
    width = (bits + 7) // 8
    usual = (kind == WHOLE and width in (1, 2, 3, 4)) or (kind == FLOAT and width in (4, 8))
    if not usual:
        name = NAMES.get(kind, f"format {kind} of {bits} bits")
        raise Unreadable(f"holds {name}, which is not read (save it as 16-bit PCM)")
    if not channels or not rate:
        raise Unreadable("is cut short or damaged")
    return kind, channels, rate, width
