"""Which rows train and which test: the same for every competitor, drawn once and kept.

For each seed a fifth of the rows tests (in each class a fifth). Where a data set brings its own
test rows, those test, and the seed draws the rows that train. Everybody takes the validation rows
out of those that train.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from benchmarks.quality import datasets
from benchmarks.quality.datasets import Table

SEEDS = (0, 1, 2, 3, 4)
TEST_SHARE = 0.2


def split(table: Table, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the rows that train and of those that test, both rising."""
    rows = np.arange(len(table.frame))
    labels = table.frame[table.target].to_numpy() if table.task == "classification" else None
    if table.given:
        rows, test = rows[: -table.given], rows[-table.given :]
        strata = labels[rows] if labels is not None else None
        train, _ = train_test_split(
            rows, train_size=table.train, random_state=seed, stratify=strata
        )
    else:
        train, test = train_test_split(
            rows, test_size=TEST_SHARE, random_state=seed, stratify=labels
        )
    return np.sort(train), np.sort(test)


def prepare(name: str) -> Path:
    """The set as `<name>.parquet` and `<name>.json`, which the competitors read; the JSON's path.

    Raises:
        LookupError: its package cannot be fetched here, with the reason.
    """
    path = datasets.FOLDER / f"{name}.json"
    if path.exists():
        return path
    table = datasets.load(name)
    splits = {}
    for seed in SEEDS:
        train, test = split(table, seed)
        splits[str(seed)] = {"train": train.tolist(), "test": test.tolist()}
    known = {"name": name, "target": table.target, "task": table.task, "splits": splits}
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(known) + "\n")
    os.replace(draft, path)
    return path
