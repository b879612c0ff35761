"""One run of `benchmarks.streaming`, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import ranvier as rv
from benchmarks.streaming import ARRAY, BUDGET, SETTINGS
from ranvier.model import fitting, streaming
from ranvier.training.feeds import ArrayRows


def main(name: str, path: Path, place: Path) -> None:
    place.write_text(json.dumps({"array": array, "fit": fit, "resident": resident}[name](path)))


def array(path: Path) -> dict[str, Any]:
    del path
    generator = np.random.default_rng(0)
    X = np.empty(ARRAY, np.float32)
    for first in range(0, ARRAY[0], 100_000):
        X[first : first + 100_000] = generator.normal(size=(100_000, ARRAY[1]))
    y = X[:, 0] * X[:, 1] + X[:, 2]
    model = rv.FCNN(**SETTINGS).fit(X, y)
    return _said(len(X), model.history_, model._outcome.parameters, X.nbytes)


def fit(path: Path) -> dict[str, Any]:
    model = rv.FCNN(**SETTINGS, max_memory=BUDGET).fit(path, target="y")
    about = next(text for label, text in model.decisions_ if label == "data")
    rows = int(re.search(r"([\d,]+) rows train", about)[1].replace(",", ""))
    return _said(rows, model.history_, model._outcome.parameters, path.stat().st_size)


def resident(path: Path) -> dict[str, Any]:
    model = rv.FCNN(**SETTINGS, max_memory=BUDGET)
    examples = streaming.read_or_stream(path, target="y", max_memory=BUDGET)
    prepared = streaming.prepare(model, examples, None)
    rows = ArrayRows(prepared.rows.take(np.arange(len(prepared.rows), dtype=np.int32)))
    prepared.rows.close()
    outcome, _ = fitting.train(replace(prepared, rows=rows))
    return _said(len(rows), outcome.history, outcome.parameters, rows.nbytes)


def _said(rows: int, history: Any, parameters: Any, size: int) -> dict[str, Any]:
    digest = hashlib.blake2b(digest_size=4)
    for name in sorted(parameters):
        digest.update(np.ascontiguousarray(parameters[name]).tobytes())
    return {"rows": rows, "history": history, "weights": digest.hexdigest(), "bytes": size}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
