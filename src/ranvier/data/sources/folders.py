"""Folders of pictures or of recordings (.wav).

photos/cats/1.jpg, photos/dogs/2.jpg        one folder for each class, nested as they like
photos/train/cats/1.jpg, photos/test/...    the split that the folder brings (valid/ as well)
photos/1.jpg, photos/2.jpg                  no target
scans/images/1.png, scans/masks/1.png       pairs: from one picture to another
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ranvier.data.pictures.files import Files
from ranvier.data.pictures.form import MASK, PICTURE, SOUND
from ranvier.data.pictures.gathering import gather
from ranvier.data.pictures.listing import Found, below, entries, holds_any, printable, suffix_of
from ranvier.data.pictures.pairs import find_pair, read_pairs
from ranvier.data.pictures.pictures import Pictures
from ranvier.data.pictures.splits import Part, rows_of, unwrapped
from ranvier.data.sources.registry import Loaded, folder_source
from ranvier.errors import DataError

SHOWN = 5  # classes or folders named in a note


@folder_source(holds_any)
def read(path: Path, on_error: str = "stop") -> Loaded:
    """Pictures, with their classes or partners where the folder has them; all files are read."""
    path, parts, notes = unwrapped(path.absolute())
    if find_pair(parts[0].folder) is not None:
        return _pairs(path, parts, on_error, notes)
    return _by_class(path, parts, on_error, notes)


def _by_class(path: Path, parts: list[Part], on_error: str, notes: tuple[str, ...]) -> Loaded:
    listings = [_Listing.of(part.folder) for part in parts]
    sound = sum(listing.more_sounds for listing in listings) > 0
    paths: list[str] = []
    labels: list[str] = []
    counts: list[int] = []
    others: Counter[str] = Counter()
    for listing in listings:
        classes, said = listing.classes(sound, others)
        notes += said
        for label, found in classes:
            paths += found
            labels += [label] * len(found)
        counts.append(sum(len(found) for _, found in classes))
    if not paths:
        raise DataError(f"{path.name} holds no pictures that can be used: check what is in it.")
    gathered = gather(Files.below(path, paths), SOUND if sound else PICTURE, on_error=on_error)
    pictures = gathered.pictures
    target = np.array(labels)[gathered.rows]
    labelled = any(labels)
    test, valid = rows_of(parts, counts, gathered.rows)
    known = sorted(set(target.tolist()))
    return Loaded(
        pictures,
        target if labelled else None,
        ("class",) if labelled else (),
        test if labelled else None,
        valid if labelled else None,
        (summary(pictures, known if labelled else []), *notes, *_ignored(others), *gathered.notes),
    )


def _pairs(path: Path, parts: list[Part], on_error: str, notes: tuple[str, ...]) -> Loaded:
    pairs = read_pairs(path, parts, on_error)
    test, valid = rows_of(parts, pairs.counts, pairs.kept)
    name = "mask" if pairs.targets.form.kind == MASK else "picture"
    said = f"{summary(pairs.inputs, [])}, each with a {name} of {pairs.targets.form} to be made"
    return Loaded(pairs.inputs, pairs.targets, (name,), test, valid, (said, *notes, *pairs.notes))


@dataclass(frozen=True)
class _Listing:
    """What lies in a folder itself, and in each of its folders."""

    top: Found
    folders: dict[str, Found]

    @classmethod
    def of(cls, folder: Path) -> _Listing:
        names, _ = entries(folder)
        return cls(below(folder, deep=False), {name: below(folder / name) for name in names})

    @property
    def more_sounds(self) -> int:
        """How many more recordings than pictures there are."""
        every = (self.top, *self.folders.values())
        return sum(len(found.sounds) - len(found.pictures) for found in every)

    def classes(
        self, sound: bool, others: Counter[str]
    ) -> tuple[list[tuple[str, list[str]]], tuple[str, ...]]:
        """Each class with its files, one without a name where there are no folders; and notes."""
        notes: tuple[str, ...] = ()
        for found in (self.top, *self.folders.values()):
            others.update(found.others)
            others.update(suffix_of(path) for path in found.of(not sound))
        top = self.top.of(sound)
        classes = [
            (printable(name), found.of(sound))
            for name, found in self.folders.items()
            if found.of(sound)
        ]
        if not classes:
            return [("", top)], notes
        empty = [printable(name) for name, found in self.folders.items() if not found.of(sound)]
        if empty:
            listed = ", ".join(empty[:SHOWN]) + (", ..." if len(empty) > SHOWN else "")
            notes += (f"nothing to read in {listed}: no class of its own",)
        if top:
            notes += (f"{len(top):,} file{'s' * (len(top) > 1)} beside the classes: not used",)
        return classes, notes


def _ignored(others: Counter[str]) -> tuple[str, ...]:
    if not others:
        return ()
    listed = ", ".join(suffix for suffix, _ in others.most_common(SHOWN))
    count = sum(others.values())
    return (f"{count:,} other file{'s' * (count > 1)} not used ({listed})",)


def summary(pictures: Pictures, classes: list[str]) -> str:
    """Such as "70,000 pictures of 28×28×1 in 10 classes"."""
    kind = "recording" if pictures.form.kind == SOUND else "picture"
    text = f"{len(pictures):,} {kind}{'s' * (len(pictures) != 1)} of {pictures.form}"
    if classes:
        text += f" in {len(classes):,} class{'es' * (len(classes) != 1)}"
    return text
