"""A competitor's program: read one split, train, predict the test rows, say how it went.

    python -m benchmarks.quality.peers.boosting --data FOLDER/wine.json --seed 0

The answer is one line of JSON on standard output. Only NumPy is imported here, beside what reads
the table: every environment has its own packages.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from benchmarks.peak import peak_mib
from benchmarks.quality import metrics


class Peer:
    """A library's usual way from a table to predictions."""

    packages: tuple[str, ...] = ()  # whose versions the result names
    reads: str = "pandas"  # the kind of frame that it is given: pandas or polars
    classes: np.ndarray  # of a classifier, after `fit`: the label of each column of `predict`

    def __init__(self, task: str, seed: int, settings: dict[str, Any] | None = None) -> None:
        self.task = task
        self.seed = seed
        self.settings = settings or {}  # of the library's model, beside its defaults

    def fit(self, inputs: Any, target: np.ndarray) -> None:
        """Timed: everything from the table as it is to the trained model."""
        raise NotImplementedError

    def predict(self, inputs: Any) -> np.ndarray:
        """Timed: numbers (rows,), or probabilities (rows, classes)."""
        raise NotImplementedError

    def notes(self) -> dict[str, Any]:
        """What a reader should know beside the numbers."""
        return {}


def serve(make: type[Peer]) -> None:
    """Run a competitor's program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--settings", type=json.loads, default={})
    options = parser.parse_args()
    answers = _redirect()
    known = json.loads(options.data.read_text())
    rows = known["splits"][str(options.seed)]
    peer = make(known["task"], options.seed, options.settings)
    frame, target = _read(peer.reads, options.data.with_suffix(".parquet"), known["target"])
    train, test = (_rows(peer.reads, frame, np.array(rows[part])) for part in ("train", "test"))
    wall, used = time.perf_counter(), time.process_time()
    peer.fit(train, target[rows["train"]])
    fitted, fitted_used = time.perf_counter(), time.process_time()
    predicted = peer.predict(test)
    done = time.perf_counter()
    truth = target[rows["test"]]
    if known["task"] == "classification":
        scores = metrics.of_classes(truth, predicted, peer.classes)
    else:
        scores = metrics.of_numbers(truth, predicted)
    answer = {
        "metrics": scores,
        "fit_seconds": fitted - wall,
        "fit_cpu_seconds": fitted_used - used,
        "predict_seconds": done - fitted,
        "peak_memory_mib": round(peak_mib()),
        "notes": peer.notes(),
        "versions": {"python": platform.python_version()}
        | {package: metadata.version(package) for package in peer.packages},
    }
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _redirect() -> TextIO:
    """Standard output for the answer alone: what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _read(kind: str, path: Path, target: str) -> tuple[Any, np.ndarray]:
    if kind == "polars":
        import polars

        table = polars.read_parquet(path)
        return table.drop(target), table[target].to_numpy()
    import pandas

    frame = pandas.read_parquet(path)
    labels = frame.pop(target)
    numbers = pandas.api.types.is_numeric_dtype(labels)
    return frame, labels.to_numpy() if numbers else labels.to_numpy(dtype=object)


def _rows(kind: str, frame: Any, rows: np.ndarray) -> Any:
    return frame[rows] if kind == "polars" else frame.iloc[rows].reset_index(drop=True)
