"""Folders of pictures or of recordings (.wav).

photos/cats/1.jpg, photos/dogs/2.jpg        one folder for each class, nested as they like
photos/train/cats/1.jpg, photos/test/...    the split that the folder brings (valid/ as well)
photos/1.jpg, photos/2.jpg                  no target
scans/images/1.png, scans/masks/1.png       pairs: from one picture to another
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np

from ranvier.data.pictures.files import Files
from ranvier.data.pictures.form import MASK, PICTURE, SOUND
from ranvier.data.pictures.gathering import gather
from ranvier.data.pictures.listing import Found, below, entries, holds_any, printable
from ranvier.data.pictures.pairs import find_pair, read_pairs
from ranvier.data.pictures.pictures import Pictures
from ranvier.data.pictures.splits import Part, find_parts, rows_of
from ranvier.data.sources.registry import Loaded, folder_source
from ranvier.errors import DataError

SHOWN = 5  # classes or folders named in a note


@folder_source(holds_any)
def read(path: Path, on_error: str = "stop") -> Loaded:
    """Pictures, with their classes or partners where the folder has them; all files are read."""
    path, parts, notes = _unwrapped(path)
    if find_pair(parts[0].folder) is not None:
        return _pairs(path, parts, on_error, notes)
    return _by_class(path, parts, on_error, notes)


def _unwrapped(path: Path) -> tuple[Path, list[Part], tuple[str, ...]]:
    """The folder that is meant where a folder holds nothing but another one, and its parts."""
    top = path
    while True:
        parts, notes = find_parts(path)
        folders, files = entries(path)
        if len(parts) > 1 or len(folders) != 1 or files:
            break
        inner = path / folders[0]
        inside, _ = entries(inner)
        if not inside:
            break
        path = inner
    if path != top:
        notes = (f"read from {printable(str(path.relative_to(top.parent)))}", *notes)
    return path, parts, notes


def _by_class(path: Path, parts: list[Part], on_error: str, notes: tuple[str, ...]) -> Loaded:
    paths: list[str] = []
    labels: list[str] = []
    counts: list[int] = []
    others: Counter[str] = Counter()
    sound = _mostly_sounds(parts)
    for part in parts:
        classes, said = _classes(part, sound, others)
        notes += said
        before = len(paths)
        for label, found in classes:
            paths += found
            labels += [label] * len(found)
        counts.append(len(paths) - before)
    names = tuple(printable(os.path.relpath(name, path.parent)) for name in paths)
    if not paths:
        raise DataError(f"{path.name} holds no pictures that can be used: check what is in it.")
    gathered = gather(Files(tuple(paths), names), SOUND if sound else PICTURE, on_error=on_error)
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


def _mostly_sounds(parts: list[Part]) -> bool:
    """Whether recordings, not pictures, are what the folder is for."""
    first = below(parts[0].folder)
    return len(first.sounds) > len(first.pictures)


def _classes(
    part: Part, sound: bool, others: Counter[str]
) -> tuple[list[tuple[str, list[str]]], tuple[str, ...]]:
    """Each class of a part with its files; one without a name where there are no folders."""
    notes: tuple[str, ...] = ()
    folders, _ = entries(part.folder)
    top = below(part.folder, deep=False)
    _count(top, sound, others)
    classes, empty = [], []
    for name in folders:
        found = below(part.folder / name)
        _count(found, sound, others)
        if found.of(sound):
            classes.append((printable(name), found.of(sound)))
        else:
            empty.append(printable(name))
    if not classes:
        return [("", top.of(sound))], notes
    if empty:
        listed = ", ".join(empty[:SHOWN]) + (", ..." if len(empty) > SHOWN else "")
        notes += (f"nothing to read in {listed}: no class of its own",)
    if top.of(sound):
        count = len(top.of(sound))
        notes += (f"{count:,} file{'s' * (count > 1)} beside the class folders: not used",)
    return classes, notes


def _count(found: Found, sound: bool, others: Counter[str]) -> None:
    others.update(found.others)
    for path in found.of(not sound):
        others[os.path.splitext(path)[1].lower()] += 1


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
