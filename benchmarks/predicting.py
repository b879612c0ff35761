"""More than memory: predictions of ten million rows, killed in the middle and gone on with.

    python -m benchmarks.predicting [--rows 10000000] [--kills 1] [--seed 0] [--csv FILE]

It trains a small network on 20,000 rows of ten columns, writes a CSV of `--rows` rows whose first
column is the row's number, and lets `ranvier predict` go over it in a process of its own, which is
killed (SIGKILL) at a random moment of the second pass and then started again with `--resume`. A
second time nothing is killed. Both files must have the same bytes, and a prediction for each row in
its order: a sample of rows is predicted again by the model itself. The system reports the peak
resident memory of each process, Python and libraries included.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUDGET = "50 MB"


def main() -> None:
    options = _options()
    generator = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        folder = Path(scratch)
        source = Path(options.csv) if options.csv else folder / "big.csv"
        model = folder / "model.ranvier"
        began = time.perf_counter()
        _child("prepare", model, source, options.rows)
        _say(f"{source.stat().st_size / 1e9:.2f} GB of CSV in {time.perf_counter() - began:.0f} s")
        whole = _predicted(model, source, folder / "whole.csv")
        print(_row("not killed", options.rows, *whole), flush=True)
        for kill in range(options.kills):
            place = folder / f"killed{kill}.csv"
            share = 0.1 + 0.8 * generator.random()
            size = (folder / "whole.csv").stat().st_size
            rows = _killed(model, source, place, share * size)
            again = _predicted(model, source, place, "--resume")
            print(_row(f"gone on with after row {rows:,}", options.rows - rows, *again), flush=True)
            print(f"killed at {share:.0%} of the bytes; {rows:,} rows were written down")
            if _digest(place) != _digest(folder / "whole.csv"):
                raise SystemExit("the bytes differ from those of the run that was not killed")
        _child("check", model, source, options.rows, folder / "whole.csv")
        print(f"{options.rows:,} rows, each once and in its order; the same bytes")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="chooses the moments of the kills")
    parser.add_argument("--csv", help="a file to write, if it is not there, and to keep")
    return parser.parse_args()


def _child(*words: object) -> None:
    """In a process of its own, lest its memory be charged to those that are measured."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.predicting_child", *map(str, words)], check=True
    )


def _command(model: Path, source: Path, place: Path, *more: str) -> list[str]:
    words = [str(model), str(source), "--out", str(place), "--max-memory", BUDGET]
    return [sys.executable, "-m", "ranvier", "predict", *words, *more]


def _predicted(model: Path, source: Path, place: Path, *more: str) -> tuple[float, float]:
    """Seconds, and the peak memory in bytes."""
    began = time.perf_counter()
    child = subprocess.Popen(_command(model, source, place, *more))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit("ranvier predict failed")
    return time.perf_counter() - began, usage.ru_maxrss * 1024.0


def _killed(model: Path, source: Path, place: Path, size: float) -> int:
    """Kill it once so many bytes are written; how many rows are written down."""
    part, note = (place.with_name(place.name + end) for end in (".part", ".part.json"))
    child = subprocess.Popen(_command(model, source, place))
    while not (note.exists() and part.stat().st_size >= size):
        if child.poll() is not None:
            raise SystemExit("it ended before it could be killed: take more rows")
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait()
    return int(json.loads(note.read_text())["rows"])


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _row(what: str, rows: int, seconds: float, peak: float) -> str:
    return (
        f"{what}: {rows:,} rows in {seconds:.0f} s, {rows / seconds / 1e3:,.0f} k rows/s, "
        f"peak {peak / 1e9:.3f} GB"
    )


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
