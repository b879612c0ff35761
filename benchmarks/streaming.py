"""More than memory: peak memory and rows per second, streamed and resident.

    python -m benchmarks.streaming [--gigabytes 5] [--only array,fit,train,resident] [--csv FILE]

array      2,000,000 × 50 float32 (400 MB) through `FCNN(recipe="textbook").fit(X, y)`
fit        a generated CSV through `FCNN(max_memory="1 GB").fit(path, target="y")`
train      the same through `ranvier train FILE --target y --max-memory "1 GB"`
resident   the same encoded rows, read back into memory, under the same plan; it also says
           whether the weights are those of `fit`, bit for bit

Each runs in a process of its own, whose peak resident memory (Python and libraries included) the
system reports. Rows per second are those of the last epoch, after everything is compiled.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ARRAY = (2_000_000, 50)
SETTINGS: dict[str, Any] = {"recipe": "textbook", "batch_size": 256, "epochs": 2}
BUDGET = "1 GB"
NAMES = ("array", "fit", "train", "resident")


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        path = Path(options.csv) if options.csv else Path(scratch) / "big.csv"
        if not path.exists() and set(options.only) - {"array"}:
            began = time.perf_counter()
            generate(path, options.gigabytes * 1e9)
            _say(f"wrote {path.stat().st_size / 1e9:.2f} GB in {time.perf_counter() - began:.0f} s")
        print("| run | data | rows | epochs' rows/s | whole run | peak memory | weights |")
        print("|---|---:|---:|---:|---:|---:|---|", flush=True)
        for name in options.only:
            print(_row(name, *_measured(name, path, Path(scratch))), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=5.0, help="of the generated CSV")
    parser.add_argument("--only", type=lambda s: s.split(","), default=NAMES, help=",".join(NAMES))
    parser.add_argument("--csv", help="a file to write, if it is not there, and to keep")
    return parser.parse_args()


def generate(path: Path, size: float) -> None:
    """Write a CSV of at least `size` bytes: 47 numbers, a category, a truth value, the target."""
    import numpy as np
    import polars as pl

    generator, rows, written = np.random.default_rng(0), 50_000, 0
    cities = np.array([f"city{n}" for n in range(300)])
    with open(path, "wb") as file:
        while written < size:
            X = generator.normal(size=(rows, 46)).astype(np.float32).round(5)  # (rows, 46)
            columns: dict[str, Any] = {f"x{n}": X[:, n] for n in range(46)}
            columns["count"] = generator.integers(0, 1000, rows)
            columns["city"] = cities[generator.integers(0, 300, rows)]
            columns["flag"] = generator.random(rows) < 0.3
            truth = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + columns["count"] % 7 * 0.1
            columns["y"] = (truth + generator.normal(scale=0.1, size=rows)).round(4)
            text = pl.DataFrame(columns).write_csv(None, include_header=not written)
            written += file.write(text.encode())


def _measured(name: str, path: Path, scratch: Path) -> tuple[dict[str, Any], float, float]:
    """What a run says of itself, its seconds, and its peak memory in bytes."""
    said = scratch / f"{name}.json"
    command = [sys.executable, "-m", "benchmarks.streaming_child", name, str(path), str(said)]
    if name == "train":
        flags = [f"--{key.replace('_', '-')}={value}" for key, value in SETTINGS.items()]
        command = [
            sys.executable, "-m", "ranvier", "train", str(path), "--target", "y",
            "--max-memory", BUDGET, "--out", str(scratch / "run"), "--quiet", *flags,
        ]  # fmt: skip
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=sys.stderr)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"{name} failed")
    if name == "train":
        return _of_run(scratch / "run"), seconds, usage.ru_maxrss * 1024
    return json.loads(said.read_text()), seconds, usage.ru_maxrss * 1024


def _of_run(folder: Path) -> dict[str, Any]:
    """What a run folder tells."""
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    result = json.loads((folder / "result.json").read_text())
    steps = result["steps"] // result["epochs"]
    return {"rows": steps * SETTINGS["batch_size"], "history": history, "weights": "", "bytes": 0}


def _row(name: str, said: dict[str, Any], seconds: float, peak: float) -> str:
    history = said["history"]
    last = history[-1]["seconds"] - history[-2]["seconds"]
    rate = f"{said['rows'] / last / 1e3:,.0f} k"
    data = f"{said['bytes'] / 1e9:.2f} GB" if said["bytes"] else ""
    cells = [name, data, f"{said['rows']:,}", rate, f"{seconds:.0f} s", f"{peak / 1e9:.3f} GB"]
    return "| " + " | ".join([*cells, said["weights"]]) + " |"


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
