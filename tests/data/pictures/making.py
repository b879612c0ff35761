"""Small files that the tests of pictures and recordings write themselves."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Array = np.ndarray[Any, Any]


def noise(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def encoded(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def write(path: Path, image: Image.Image | Array, **how: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **how)
    return path


def folder_of(top: Path, classes: dict[str, int], *size: int) -> Path:
    """Pictures of noise in a folder for each class."""
    number = 0
    for name, count in classes.items():
        for place in range(count):
            write(top / name / f"{place:04}.png", noise(*(size or (6, 5)), seed=number))
            number += 1
    return top


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels: Array, predicted: list[int], *, parts: int = 1, extra: bytes = b"") -> bytes:
    """A PNG of (height, width) or (height, width, 3) uint8 with a chosen prediction per row."""
    height, width = pixels.shape[:2]
    step = 1 if pixels.ndim == 2 else 3
    rows = pixels.reshape(height, -1).astype(int)
    stream = b""
    for number, kind in enumerate(predicted):
        row = rows[number]
        above = rows[number - 1] if number else np.zeros_like(row)
        left = np.concatenate([np.zeros(step, int), row[:-step]])
        corner = np.concatenate([np.zeros(step, int), above[:-step]])
        paeth = [_paeth(*three) for three in zip(left, above, corner, strict=True)]
        guess = [np.zeros_like(row), left, above, (left + above) // 2, np.array(paeth)][kind]
        stream += bytes([kind]) + ((row - guess) % 256).astype(np.uint8).tobytes()
    packed = zlib.compress(stream)
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if step == 1 else 2, 0, 0, 0)
    size = -(-len(packed) // parts)
    data = b"".join(chunk(b"IDAT", packed[n : n + size]) for n in range(0, len(packed), size))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + data + chunk(b"IEND", b"")


def _paeth(a: int, b: int, c: int) -> int:
    guess = a + b - c
    return min((a, b, c), key=lambda value: (abs(guess - value), (a, b, c).index(value)))


def wav(
    samples: Array, rate: int = 8000, *, kind: int = 1, extensible: bool = False, size: int = -1
) -> bytes:
    """A .wav of (length,) or (length, channels) numbers as they are to be stored."""
    raw = samples.tobytes()
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    width = samples.itemsize if samples.dtype.kind != "V" else samples.dtype.itemsize
    form = struct.pack("<HHIIHH", 0xFFFE if extensible else kind, channels, rate,
                       rate * channels * width, channels * width, 8 * width)  # fmt: skip
    if extensible:
        form += struct.pack("<HHIH14x", 22, 8 * width, 0, kind)
    data = struct.pack("<I", len(raw) if size < 0 else size) + raw
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + b"LIST\x03\0\0\0abc\0"
    body += b"data" + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tone(seconds: float, hertz: float = 440.0, rate: int = 8000, loud: float = 0.5) -> Array:
    """A tone as 16-bit numbers."""
    time = np.arange(round(seconds * rate)) / rate
    return (loud * 32767 * np.sin(2 * np.pi * hertz * time)).astype("<i2")
