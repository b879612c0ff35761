"""Two folders of pictures that belong together by their names: from one picture to another.

images/7.png belongs to masks/7.png, and to masks/7_mask.gif. Where the second folder is called
masks, labels or segmentation and its pictures have one channel, their numbers are kept.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.pictures.files import Files
from ranvier.data.pictures.form import MASK, PICTURE, Form
from ranvier.data.pictures.gathering import Gathered, gather, sample
from ranvier.data.pictures.listing import below, entries, printable
from ranvier.data.pictures.pictures import Pictures
from ranvier.data.pictures.rules import KEPT, channels_of
from ranvier.data.pictures.splits import Part
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]
INPUTS = ("inputs", "input", "images", "image", "imgs", "img", "noisy", "x", "lowres", "lr")
MASKS = ("masks", "mask", "labels", "label", "segmentation", "segmentations", "annotations")
TARGETS = (*MASKS, "targets", "target", "clean", "y", "highres", "hr", "groundtruth", "gt")
# What may stand at the end of a target's name and not of its input's.
TAILS = ("_mask", "-mask", "_label", "_labels", "_seg", "_segmentation", "_target", "_gt", "_clean")
SHOWN = 3


def find_pair(folder: Path) -> tuple[Path, Path] | None:
    """The folders of inputs and of targets; None where there are no such two."""
    folders = {name.lower(): name for name in entries(folder)[0]}
    inputs = [name for name in INPUTS if name in folders]
    targets = [name for name in TARGETS if name in folders]
    if len(inputs) != 1 or len(targets) != 1 or len(folders) > 2:
        return None
    return folder / folders[inputs[0]], folder / folders[targets[0]]


@dataclass(frozen=True)
class Pairs:
    """Pictures and what is to be made of them, read.

    Attributes:
        inputs, targets: row by row.
        counts: files of each part, before any was left out.
        kept: int64, the rows that are used, counted through all parts.
        notes: what a reader should be told.
    """

    inputs: Pictures
    targets: Pictures
    counts: list[int]
    kept: Array
    notes: tuple[str, ...]


def read_pairs(path: Path, parts: list[Part], on_error: str) -> Pairs:
    """The pairs of all parts, every file read.

    Raises:
        DataError: a picture has no partner, or cannot be read, and is not to be left out.
    """
    lefts: list[str] = []
    rights: list[str] = []
    counts, alone, names = [], [], ("", "")
    for part in parts:
        pair = find_pair(part.folder)
        if pair is None:
            raise DataError(
                f"The part {part.folder.name} of {path.name} holds no folders such as images and "
                "masks, as the other parts do: add them, or move it away."
            )
        names = pair[0].name, pair[1].name
        matched, single = _matched(*pair)
        lefts += [left for left, _ in matched]
        rights += [right for _, right in matched]
        counts.append(len(matched))
        alone += [printable(os.path.relpath(name, path.parent)) for name in single]
    notes: tuple[str, ...] = ()
    if not lefts:
        raise DataError(
            f"No picture of {path.name}/{names[0]} is called like one of {path.name}/{names[1]}: "
            "give those that belong together the same name."
        )
    if alone and on_error == "stop":
        raise DataError(
            f"{alone[0]} has no partner in the other folder. {len(alone):,} of "
            f"{2 * len(lefts) + len(alone):,} files. Leave such files out with --on-error skip."
        )
    if alone:
        listed = ", ".join(alone[:SHOWN]) + (", ..." if len(alone) > SHOWN else "")
        notes = (f"{len(alone):,} file{'s' * (len(alone) > 1)} without partner left out: {listed}",)
    inputs, targets = (Files.below(path, found) for found in (lefts, rights))
    first = gather(inputs, on_error=on_error)
    kind = PICTURE
    if names[1].lower() in MASKS:
        seen = sample(targets, PICTURE)[0]
        kind = MASK if len(seen) and channels_of(seen) == 1 else PICTURE
    second = gather(
        targets, kind, on_error=on_error, rule=lambda seen: _target_form(seen, kind, first)
    )
    kept = np.intersect1d(first.rows, second.rows)
    rows = None if len(kept) == len(lefts) else kept
    return Pairs(
        Pictures(first.pixels, rows, inputs.names),
        Pictures(second.pixels, rows, targets.names),
        counts,
        kept,
        (*notes, *first.notes, *(f"{names[1]}: {note}" for note in second.notes)),
    )


def _target_form(seen: Array, kind: str, inputs: Gathered) -> Form:
    """The inputs' size, unless both sides have one size each, such as 64×64 and 256×256."""
    height, width = inputs.pixels.form.shape[:2]
    same = (seen[:, :2] == seen[0, :2]).all()
    same = same and (inputs.seen[inputs.rows, :2] == (height, width)).all()
    if same and seen[0, :2].max() <= 4 * KEPT:
        height, width = (int(side) for side in seen[0, :2])
    return Form(kind, (height, width, channels_of(seen, kind)))


def _matched(left: Path, right: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Files with the same stem below the two folders, and those without partner."""
    inputs, targets = _stems(left), _stems(right)
    for stem in list(targets):
        plain = next((stem.removesuffix(tail) for tail in TAILS if stem.endswith(tail)), stem)
        if stem not in inputs and plain in inputs and plain not in targets:
            targets[plain] = targets.pop(stem)
    both = sorted(inputs.keys() & targets.keys())
    single = [inputs[stem] for stem in inputs if stem not in targets]
    single += [targets[stem] for stem in targets if stem not in inputs]
    return [(inputs[stem], targets[stem]) for stem in both], sorted(single)


def _stems(folder: Path) -> dict[str, str]:
    return {
        os.path.splitext(os.path.relpath(path, folder))[0]: path for path in below(folder).pictures
    }
