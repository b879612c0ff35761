"""Patches of pictures to learn super-resolution from: all of one size, and many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Form, Pictures
from ranvier.data.pictures.arrays import ArrayPixels
from ranvier.data.pictures.form import PICTURE
from ranvier.data.pictures.originals import Originals, originals_of
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]

SMALL = 24  # side of a patch at the small size
LEAST = 4  # pixels of its side
STEP = 2 / 3  # of a side from one patch to the next
JUDGED = 8  # pictures from which some are kept for validation, whole
MOST_JUDGED = 512  # patches of them


@dataclass(frozen=True)
class Places:
    """Where patches lie: int64 (N, 3) of picture, top and left."""

    where: Array
    side: int


def patches_of(
    examples: Dataset, scale: int, budget: int, seed: int, fraction: float = 0.1
) -> Dataset:
    """Square patches of large pictures, as a Dataset of pictures; some of whole pictures validate.

    Args:
        examples: whose inputs are pictures of any sizes.
        scale: sides are multiples of it.
        budget: bytes that all patches may take; if there are more, some are drawn.
        seed: of that draw, and of the pictures that validate.
        fraction: of the pictures that do, where there are several and none are named.

    Raises:
        DataError: a picture cannot be read, or all are too small.
    """
    originals = originals_of(examples.inputs)
    sizes = originals.sizes
    channels = 1 if (sizes[:, 2] == 1).all() else 3
    shortest = int(np.median(sizes[:, :2].min(axis=1)))
    side = scale * min(SMALL, shortest // scale)
    if side < scale * LEAST:
        raise DataError(
            f"The pictures are too small to learn from: {shortest:,} pixels a side, and at least "
            f"{scale * LEAST} are needed for scale={scale}."
        )
    held = examples.valid_rows
    if held is None:
        held = _held_out(len(originals), seed, fraction)
    generator = np.random.Generator(np.random.PCG64([seed, scale]))
    where = _grid(sizes, np.setdiff1d(np.arange(len(originals)), held), side, STEP)
    most = max(1, budget // (side * side * channels))
    where, every = _drawn(where, most, generator), len(where)
    judged = _drawn(_grid(sizes, held, side, 1.0), min(MOST_JUDGED, most), generator)
    cut = _cut(originals, Places(np.concatenate([where, judged]), side), channels)
    pixels = ArrayPixels(cut, Form(PICTURE, (side, side, channels)))
    notes = [f"{len(where):,} patches of {side}×{side} pixels from {len(originals):,} pictures"]
    if len(where) < every:
        notes.append(f"drawn from {every:,} to keep to max_memory")
    small = int((sizes[:, :2].min(axis=1) < side).sum())
    if small:
        notes.append(f"{small:,} pictures are smaller than a patch and left out")
    return replace(
        examples,
        inputs=Pictures(pixels),
        target=None,
        target_names=(),
        weights=None,
        test_rows=None,
        valid_rows=np.arange(len(where), len(cut)),  # none: not by chance, as patches overlap
        # Not how they were resized, which here they are not.
        notes=(*(note for note in examples.notes if "left out:" in note), *notes),
    )


def _held_out(count: int, seed: int, fraction: float) -> Array:
    """Numbers of the pictures that validate."""
    if count < JUDGED or not fraction:
        return np.arange(0)
    generator = np.random.Generator(np.random.PCG64([seed, 1]))
    return np.sort(generator.permutation(count)[: max(1, round(fraction * count))])


def _grid(sizes: Array, numbers: Array, side: int, share: float) -> Array:
    """The places of patches that cover each picture, up to its edges: int64 (N, 3)."""
    found = [np.zeros((0, 3), np.int64)]
    for number in numbers:
        tops, lefts = (_starts(int(n), side, share) for n in sizes[number, :2])
        if len(tops) and len(lefts):
            at = np.stack(np.meshgrid(tops, lefts, indexing="ij"), axis=-1).reshape(-1, 2)
            found.append(np.column_stack([np.full(len(at), number), at]))
    return np.concatenate(found)


def _starts(length: int, side: int, share: float) -> Array:
    if length < side:
        return np.arange(0)
    count = 1 + int(np.ceil((length - side) / (side * share)))
    return np.linspace(0, length - side, count).astype(np.int64)


def _drawn(where: Array, most: int, generator: np.random.Generator) -> Array:
    if len(where) <= most:
        return where
    return where[np.sort(generator.permutation(len(where))[:most])]


def _cut(originals: Originals, places: Places, channels: int) -> Array:
    """Uint8 (N, side, side, channels), one picture in memory at a time."""
    side = places.side
    cut = np.empty((len(places.where), side, side, channels), np.uint8)
    numbers = places.where[:, 0]
    for number in np.unique(numbers):
        page = originals.pixels(int(number), channels)
        for row in np.flatnonzero(numbers == number):
            _, top, left = places.where[row]
            cut[row] = page[top : top + side, left : left + side]
    return cut
