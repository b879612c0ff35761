"""The .ts files of the time series archives (aeon, sktime, timeseriesclassification.com).

    # a comment
    @problemName JapaneseVowels
    @timestamps false
    @univariate false
    @equalLength false
    @classLabel true 1 2 3
    @data
    1.86,1.89,1.93:-0.20,-0.19,-0.23:1

A line is a sequence: its channels, separated by colons, and last its class (@classLabel) or number
(@targetLabel). "?" and "NaN" are missing values. A folder with NAME_TRAIN.ts and NAME_TEST.ts is
read as one set with its own test rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.sequences import Sequences
from ranvier.data.sequences.archive import Problem, counted
from ranvier.data.sources.registry import Loaded, file_source, folder_source
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]

TRAIN, TEST = "_train.ts", "_test.ts"
SHOWN = 5  # sets named in a message


@file_source(".ts", ".ts.gz")
def read(path: Path) -> Loaded:
    """The sequences of a file, with their classes or numbers where it has them."""
    problem = Problem.read(path)
    notes = problem.notes
    other = _partner(path)
    if other:
        notes += (f"{other} lies beside it: name the folder to train on one and test on the other",)
    return _loaded([problem], notes)


def pairs_in(path: Path) -> list[tuple[Path, Path]]:
    """The sets of a folder that have both NAME_TRAIN.ts and NAME_TEST.ts."""
    if not path.is_dir():
        return []
    files = {file.name.lower(): file for file in sorted(path.iterdir()) if file.is_file()}
    return [
        (file, files[name.removesuffix(TRAIN) + TEST])
        for name, file in files.items()
        if name.endswith(TRAIN) and name.removesuffix(TRAIN) + TEST in files
    ]


@folder_source(lambda path: bool(pairs_in(path)), rank=1)
def read_folder(path: Path, on_error: str = "stop") -> Loaded:
    """Both files of a set, the second as rows to test on."""
    del on_error  # a damaged line is refused: the rest of the file cannot be trusted
    pairs = pairs_in(path)
    named = [pair for pair in pairs if _name(pair[0]).casefold() == path.name.casefold()]
    if len(pairs) > 1 and len(named) != 1:
        listed = ", ".join(_name(train) for train, _ in pairs[:SHOWN])
        more = ", ..." if len(pairs) > SHOWN else ""
        raise DataError(
            f"{path} holds {len(pairs)} sets ({listed}{more}): put the two files of one of them "
            "into a folder of its own."
        )
    train, test = (Problem.read(file) for file in (named or pairs)[0])
    if train.kind != test.kind:
        raise DataError(
            f"{train.name} has {_labels(train.kind)} and {test.name} {_labels(test.kind)}: both "
            "need the same line @classLabel or @targetLabel."
        )
    if train.width != test.width:
        raise DataError(
            f"{train.name} has sequences of {counted(train.width)} and {test.name} of "
            f"{test.width}: they are no two parts of one set; check which files lie there."
        )
    notes = tuple(dict.fromkeys((*train.notes, *test.notes)))
    if len(pairs) > 1:
        others = ", ".join(_name(a) for a, _ in pairs if a != named[0][0])
        notes += (f"also there, not used: {others}",)
    return _loaded([train, test], notes)


def _loaded(problems: list[Problem], notes: tuple[str, ...]) -> Loaded:
    """One set of all files, of which the second is to be tested on."""
    sequences = Sequences.of([row for problem in problems for row in problem.rows])
    kind = problems[0].kind
    said = f"{len(sequences):,} {sequences.about}"
    test = None
    if len(problems) > 1:
        test = np.arange(len(problems[0].rows), len(sequences), dtype=np.int64)
    if not kind:
        return Loaded(sequences, None, (), notes=(said, *notes))
    labels = [label for problem in problems for label in problem.labels]
    target: Array
    if kind == "number":
        target = np.array([float(label or "nan") for label in labels])
    else:
        classes = len(set(labels) - {""})
        said += f", in {classes:,} class{'es' * (classes != 1)}"
        target = np.array([label or None for label in labels], object if "" in labels else None)
    return Loaded(sequences, target, ("class" if kind == "class" else "target",), test,
                  notes=(said, *notes))  # fmt: skip


def _name(path: Path) -> str:
    """Of the set a file is a part of."""
    lower = path.name.lower()
    for ending in (TRAIN, TEST):
        if lower.endswith(ending):
            return path.name[: -len(ending)]
    return path.stem


def _labels(kind: str) -> str:
    return {"class": "classes", "number": "numbers to predict"}.get(kind, "no labels")


def _partner(path: Path) -> str:
    """The name of the other part of a set, where it lies beside this one; empty without."""
    for train, test in pairs_in(path.parent):
        if path.name in (train.name, test.name):
            return test.name if path.name == train.name else train.name
    return ""
