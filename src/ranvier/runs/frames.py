"""`frames/epoch-0001.png`, ...: what the network made while it was trained, always of the same."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.explain import drawing
from ranvier.report.findings import Frames
from ranvier.runs.folder import write_whole

Array = np.ndarray[Any, Any]

FOLDER = "frames"
MANY = 20  # pictures of a run, about
FIRST = (1, 2, 4)  # epochs after which there is one in any case: most happens early
SIDE = 32  # pixels of the shorter side of a picture at least, that it can be seen in a file
NAME = re.compile(r"epoch-(\d+)\.png")


def wanted(epochs: int) -> tuple[int, ...]:
    """After which epochs of so many a picture is made."""
    step = -(-epochs // MANY)
    return tuple(
        sorted({*range(step, epochs + 1, step), epochs, *(e for e in FIRST if e < epochs)})
    )


def enlargement(height: int, width: int) -> int:
    """How many pixels of a file a pixel of a picture takes along a side."""
    return max(1, -(-SIDE // max(1, min(height, width))))


def grid(pictures: Array) -> Array:
    """Uint8 RGB (height, width, 3) of pictures (rows, columns, height, width, channels)."""
    _, columns, height, width, _ = pictures.shape
    factor = enlargement(height, width)
    flat = pictures.reshape(-1, *pictures.shape[2:])
    each = [drawing.portrait(one).repeat(factor, axis=0).repeat(factor, axis=1) for one in flat]
    return drawing.tiled(each, columns, gap=max(1, factor))


class FrameFolder:
    """The folder, as a run fills it. A full disk does not stop a run: the problem is remembered."""

    def __init__(self, run: Path) -> None:
        self._path = run / FOLDER
        self._wanted: tuple[int, ...] = ()
        self._last = 0
        self.problem: str | None = None

    def begin(self, epochs: int, done: int) -> None:
        """The run is planned for so many epochs, and goes on after `done`."""
        self._wanted, self._last = wanted(epochs), done

    def wants(self, epoch: int) -> bool:
        """Whether an epoch of which a picture is to be made is over."""
        return any(self._last < one <= epoch for one in self._wanted)

    def write(self, epoch: int, pictures: Array) -> None:
        """Keep pictures (rows, columns, height, width, channels)."""
        self._last = max(self._last, epoch)
        place = self._path / f"epoch-{epoch:04d}.png"
        try:
            self._path.mkdir(exist_ok=True)
            write_whole(place, drawing.png(grid(pictures)))
        except OSError as error:
            self.problem = f"{place} could not be written ({os.strerror(error.errno or 0)})"


def read(run: Path) -> Frames:
    """The pictures that a run left, in order; those that cannot be read are left out."""
    from PIL import Image, UnidentifiedImageError

    found: dict[int, Array] = {}
    for place in sorted((run / FOLDER).glob("epoch-*.png")):
        named = NAME.fullmatch(place.name)
        if named is None:
            continue
        try:
            with Image.open(place) as image:
                found[int(named[1])] = np.asarray(image.convert("RGB"))
        except (OSError, UnidentifiedImageError):
            continue
    epochs = tuple(sorted(found))
    return Frames(epochs, tuple(found[epoch] for epoch in epochs))
