"""Folders of texts, one .txt file each.

reviews/pos/1.txt, reviews/neg/2.txt        one folder for each class, nested as they like
reviews/train/pos/1.txt, reviews/test/...   the split that the folder brings (valid/ as well)
reviews/1.txt, reviews/2.txt                no target: texts to learn a language from
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from ranvier.data.corpus import corpus_of
from ranvier.data.pictures.listing import entries, holds, printable, suffix_of, walk
from ranvier.data.pictures.splits import TRAIN, Part, rows_of, unwrapped
from ranvier.data.sources.books import SUFFIXES, is_table
from ranvier.data.sources.registry import FILES, Loaded, folder_source
from ranvier.data.text_files import Reading, few
from ranvier.data.texts import Texts

SUFFIX = ".txt"


def is_text(name: str) -> bool:
    """Whether the name ends like that of a text."""
    return name.lower().endswith(SUFFIX)


def accepts(path: Path) -> bool:
    """Whether there are .txt files in it, and no tables beside them."""
    _, files = entries(path)
    tables = tuple(suffix for suffix in FILES if suffix not in SUFFIXES)
    if any(name.lower().endswith(tables) for name in files) or not holds(path, is_text):
        return False
    flat = [path / name for name in files if is_text(name)]
    # With texts in the folders below, what lies here is a note about them.
    below = any(holds(path / name, is_text) for name in entries(path)[0])
    return below or (bool(flat) and not is_table(flat[0]))


@folder_source(accepts, rank=9)  # last: pictures may have notes beside them
def read(path: Path, on_error: str = "stop") -> Loaded:
    """Texts, with their classes where the folder has them."""
    top, parts, notes = unwrapped(path.absolute(), lambda folder: holds(folder, is_text))
    others: Counter[str] = Counter()
    paths: list[str] = []
    labels: list[str] = []
    counts: list[int] = []
    for part in parts:
        classes, said = _classes(part, others)
        notes += said
        for label, found in classes:
            paths += found
            labels += [label] * len(found)
        counts.append(sum(len(found) for _, found in classes))
    start = len(os.path.dirname(str(top).rstrip(os.sep)))
    names = [printable(found[start:].lstrip(os.sep)) for found in paths]
    read = Reading.of(paths, names, on_error)
    kept = np.array(read.kept, np.int64)
    texts = replace(Texts.of(read.texts), names=np.array(names)[kept])
    target = np.array(labels)[kept]
    if not any(labels):
        return Loaded(corpus_of(texts), notes=(f"{len(texts):,} {texts.about}", *notes,
                                               *read.notes, *_ignored(others)))  # fmt: skip
    test, valid = rows_of(parts, counts, kept)
    known = sorted(set(target.tolist()))
    said_of = f"{len(texts):,} {texts.about}, in {len(known):,} class{'es' * (len(known) != 1)}"
    if test is not None:
        untested = [label for label in known if label not in set(target[test].tolist())]
        if untested:
            notes += (f"no text to test on in {few(untested)}",)
    notes = (said_of, *notes, *read.notes, *_ignored(others))
    return Loaded(texts, target, ("class",), test, valid, notes)


def _classes(
    part: Part, others: Counter[str]
) -> tuple[list[tuple[str, list[str]]], tuple[str, ...]]:
    """Each class with its files, one without a name where there are no folders; and notes."""

    def texts_of(folder: Path, *, deep: bool) -> list[str]:
        found = []
        for place, name in walk(folder, deep=deep):
            if is_text(name):
                found.append(os.path.join(place, name))
            else:
                others[suffix_of(name)] += 1
        return found

    top = texts_of(part.folder, deep=False)
    folders = {name: texts_of(part.folder / name, deep=True) for name in entries(part.folder)[0]}
    classes = [(printable(name), found) for name, found in folders.items() if found]
    if not classes:
        return [("", top)], ()
    where = "" if part.role == TRAIN else f" of {part.folder.name}"
    notes: tuple[str, ...] = ()
    empty = [printable(name) for name, found in folders.items() if not found]
    if empty:
        notes += (f"no text in {few(empty)}{where}: no class of its own",)
    if top:
        notes += (f"{len(top):,} file{'s' * (len(top) > 1)} beside the classes{where}: not used",)
    return classes, notes


def _ignored(others: Counter[str]) -> tuple[str, ...]:
    if not others:
        return ()
    count = sum(others.values())
    listed = few([suffix for suffix, _ in others.most_common()])
    return (f"{count:,} other file{'s' * (count > 1)} not used ({listed})",)
