"""What a peer's process and the driver say to each other.

Warm: the process stays; each line on its standard input is an order, each line on its standard
output the answer, both JSON. `{"do": "train", "epochs": 20}` brings the weights back to fresh
ones (untimed), trains (timed) and scores (untimed). Between orders the process sleeps.

Cold (`--cold`): load, train, score, say the scores, end; the driver times the whole process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any

import numpy as np

from benchmarks.peak import peak_mib
from benchmarks.rows import all_rows
from benchmarks.rows.row import Row

Data = dict[str, np.ndarray]


class Peer:
    """One library's usual way to train."""

    packages: tuple[str, ...] = ()  # whose versions the report names

    def __init__(self, row: Row, data: Data) -> None:
        self.row = row
        self.data = data

    def prepare(self) -> None:
        """Untimed: everything that a warm training need not do again. Once."""

    def reset(self) -> None:
        """Untimed: fresh weights, where `train` does not begin with them."""

    def train(self, epochs: int) -> dict[str, Any]:
        """Timed: the library's usual call. What it returns goes into the report."""
        raise NotImplementedError

    def scores(self) -> np.ndarray:
        """Logits, or the logarithms of probabilities, of the test rows, (rows, classes)."""
        raise NotImplementedError

    def quality(self) -> dict[str, float]:
        """The accuracy and the loss of `scores`; a task of another kind says its own."""
        scores, truth = np.asarray(self.scores(), np.float64), self.data["y_test"]
        shifted = scores - scores.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return {
            "accuracy": float(np.mean(scores.argmax(axis=1) == truth)),
            "loss": float(-log_p[np.arange(len(truth)), truth].mean()),
        }

    def notes(self) -> dict[str, Any]:
        """What a reader should know beside the numbers."""
        return {}


def serve(
    make: Callable[[Row, Data, list[str]], Peer], rows: Mapping[str, Row] | None = None
) -> None:
    """Run a peer's process.

    Args:
        make: a peer of a row, its data and the words of the command line that are left.
        rows: by name; None: those of `benchmarks.rows`.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--row", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--cold", action="store_true")
    options, rest = parser.parse_known_args()
    # Libraries print as they like; the answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(what: dict[str, Any]) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    try:
        row = (all_rows() if rows is None else rows)[options.row]
        with np.load(options.data) as file:
            data = dict(file)
        peer = make(row, data, rest)
        peer.prepare()
    except (LookupError, ImportError, NotImplementedError) as error:
        answer({"skipped": f"{error}"})
        return
    if options.cold:
        peer.train(row.epochs)
        about = {"versions": _versions(peer), "notes": peer.notes(), "peak_mib": peak_mib()}
        answer(peer.quality() | about)
        return
    answer({"ready": True, "versions": _versions(peer)})
    for line in sys.stdin:
        order = json.loads(line)
        used = time.process_time()
        peer.reset()
        train_used, began = time.process_time(), time.perf_counter()
        about = peer.train(order["epochs"])
        seconds = time.perf_counter() - began
        train_used = time.process_time() - train_used
        quality = peer.quality()
        answer(
            {
                "seconds": seconds,
                "train_cpu_seconds": train_used,
                "cpu_seconds": time.process_time() - used,
                "peak_mib": peak_mib(),
                "about": about,
                "notes": peer.notes(),
                **quality,
            }
        )


def _versions(peer: Peer) -> dict[str, str]:
    found = {"python": platform.python_version()}
    return found | {package: metadata.version(package) for package in peer.packages}
