"""Which form a set of files is brought to, and the words for what that does to them.

Pictures: one size of at most 512 pixels a side is kept. Otherwise all are brought to the median
height and width, made smaller where the longer side is above 224; of other proportions the middle
is cut out. One channel where all files are grey, else three.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data.pictures.decoding import ALPHA, DEEP, MOVING, TURNED
from ranvier.data.pictures.form import MASK, PICTURE, SOUND, Form

Array = np.ndarray[Any, Any]
KEPT = 512  # pixels: a size that all files share is kept up to here
LARGEST = 224  # pixels of the longer side otherwise: what networks for photographs take
DONE = {"crop": "the middle is cut out", "pad": "with a border", "squash": "distorted"}


def form_of(seen: Array, kind: str = PICTURE) -> Form:
    """The form for files of which this was seen, int (N, 4)."""
    if kind == SOUND:
        from ranvier.data.pictures.sounds import form_of as form_of_sounds

        return form_of_sounds(seen)
    height, width = size_of(seen)
    return Form(kind, (height, width, channels_of(seen, kind)))


def size_of(seen: Array) -> tuple[int, int]:
    """Height and width."""
    sizes = seen[:, :2]
    height, width = (int(side) for side in np.median(sizes, axis=0))
    longer = max(height, width)
    if (sizes == sizes[0]).all() and longer <= KEPT:
        return height, width
    if longer <= LARGEST:
        return height, width
    return tuple(max(1, round(side * LARGEST / longer)) for side in (height, width))  # type: ignore[return-value]


def channels_of(seen: Array, kind: str = PICTURE) -> int:
    """One for grey pictures, three where any has colours."""
    return 1 if kind == MASK or (seen[:, 2] == 1).all() else 3


def words(seen: Array, form: Form) -> tuple[str, ...]:
    """What a reader should be told was done to the pictures."""
    if form.kind == SOUND:
        from ranvier.data.pictures.sounds import words as words_of_sounds

        return words_of_sounds(seen, form)
    notes = []
    height, width = form.shape[:2]
    other = int((seen[:, :2] != (height, width)).any(axis=1).sum())
    if other:
        sizes = np.unique(seen[:, :2], axis=0)
        areas = sizes[:, 0].astype(np.int64) * sizes[:, 1]
        small, large = sizes[np.argmin(areas)], sizes[np.argmax(areas)]
        had = f"{small[0]:,}×{small[1]:,}"
        if len(sizes) > 1:
            had = f"{len(sizes):,} sizes, {had} to {large[0]:,}×{large[1]:,}"
        cut = _cut(seen, form)
        notes.append(f"{other:,} of {len(seen):,} pictures resized to {height}×{width} ({had})"
                     + (f"; {DONE[form.resize]}" if cut else ""))  # fmt: skip
    grey = int((seen[:, 2] == 1).sum())
    if form.shape[2] == 3 and grey:
        notes.append(f"{grey:,} of {len(seen):,} pictures grey: read as colours")
    for bit, text in (
        (ALPHA, "with transparency: laid on white"),
        (DEEP, "of 16 bits or more: scaled to 8"),
        (MOVING, "animated: the first picture of each is used"),
        (TURNED, "turned upright, as their EXIF header says"),
    ):
        count = int((seen[:, 3] & bit != 0).sum())
        if count and form.kind != MASK:
            notes.append(f"{count:,} of {len(seen):,} pictures {text}")
    return tuple(notes)


def _cut(seen: Array, form: Form) -> bool:
    """Whether any picture has other proportions, by more than a pixel."""
    height, width = form.shape[:2]
    return bool((np.abs(seen[:, 0] * width / height - seen[:, 1]) > 1).any())
