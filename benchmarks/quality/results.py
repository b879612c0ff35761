"""What was measured: one line of JSON for each data set, competitor and seed; the last counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT

PATH = ROOT / "benchmarks" / "results" / "quality.jsonl"

Result = dict[str, Any]
Key = tuple[str, str, int]  # data set, competitor, seed


def read(path: Path | None = None) -> dict[Key, Result]:
    """All results; of one that was measured again, the newest."""
    path = path or PATH
    lines = path.read_text().splitlines() if path.exists() else []
    results = [json.loads(line) for line in lines]
    return {(r["dataset"], r["peer"], r["seed"]): r for r in results}


def append(result: Result, path: Path | None = None) -> None:
    """Add one, at once: a long measurement may be cut short."""
    path = path or PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(result) + "\n")
