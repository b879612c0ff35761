"""A folder of pictures ten times as large as the memory that training may take.

    python -m benchmarks.images.memory [--gigabytes 10] [--folder DIR]

Writes pictures of 512×512 in colour, noise in two shades, into DIR (by default a temporary folder),
and trains with `ranvier train DIR --max-memory "1 GB"` in a process of its own, whose peak resident
memory (Python and libraries included) the system reports. Needs twice the size on the disk: the
files, and the decoded pictures in the cache.
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

import numpy as np
from PIL import Image

BUDGET = "1 GB"
SIDE = 512
SETTINGS = ("--filters", "8,16", "--depth", "1", "--epochs", "1", "--batch-size", "4")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=10.0, help="of the decoded pictures")
    parser.add_argument("--folder", help="to write, if it is not there, and to keep")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        folder = Path(options.folder) if options.folder else Path(scratch) / "pictures"
        count = int(options.gigabytes * 1e9 / (3 * SIDE * SIDE))
        if not folder.exists():
            write(folder, count)
        seconds, peak, result = trained(folder, Path(scratch))
    scores = result["test"]
    print("| pictures | decoded | allowed | peak memory | whole run | accuracy |")
    print("|---:|---:|---:|---:|---:|---:|")
    size = f"{count * 3 * SIDE * SIDE / 1e9:.2f} GB"
    accuracy = f"{scores['metrics']['accuracy']:.3f}"
    print(f"| {count:,} | {size} | {BUDGET} | {peak / 1e9:.3f} GB | {seconds:.0f} s | {accuracy} |")
    return 0


def write(folder: Path, count: int) -> None:
    """So many pictures in two classes."""
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 200, (SIDE, 2 * SIDE, 3), dtype=np.uint8)
    for shade in range(2):
        (folder / f"shade{shade}").mkdir(parents=True)
    for row in range(count):
        start = int(generator.integers(0, SIDE))
        picture = np.roll(noise[:, start : start + SIDE], row, axis=0) + np.uint8(50 * (row % 2))
        place = folder / f"shade{row % 2}" / f"{row:06}.png"
        Image.fromarray(picture).save(place, compress_level=0)


def trained(folder: Path, scratch: Path) -> tuple[float, int, dict[str, object]]:
    """Seconds, peak bytes and the result of the run."""
    command = [
        sys.executable, "-m", "ranvier", "train", str(folder), "--max-memory", BUDGET,
        "--out", str(scratch / "run"), *SETTINGS,
    ]  # fmt: skip
    environment = os.environ | {"RANVIER_CACHE_DIR": str(scratch / "cache")}
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=sys.stderr, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit("the run failed")
    result = json.loads((scratch / "run" / "result.json").read_text())
    return seconds, usage.ru_maxrss * 1024, result


if __name__ == "__main__":
    sys.exit(main())
