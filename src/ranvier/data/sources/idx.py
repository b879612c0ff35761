"""IDX files, as MNIST and its kin come: train-images-idx3-ubyte.gz and what belongs to it.

Given a folder, or the file of pictures, its labels are found beside it by their name, and the
files of test pictures (t10k-..., test-...) become the held-out rows.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.sources.registry import Loaded, file_source, folder_source
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]
SUFFIXES = ("-ubyte", "-ubyte.gz", ".idx", ".idx.gz")
KINDS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
TEST_NAMES = ("t10k", "test")
SHOWN = 4


def accepts(path: Path) -> bool:
    """A folder that holds such files."""
    return any(_is_idx(entry.name) for entry in path.iterdir())


@folder_source(accepts)
def read_folder(path: Path, on_error: str = "stop") -> Loaded:
    """The only set of pictures in a folder."""
    del on_error  # the files belong together: none can be left out
    files = sorted(entry for entry in path.iterdir() if _is_idx(entry.name))
    pictures = [file for file in files if "images" in file.name.lower()] or [
        file for file in files if "labels" not in file.name.lower()
    ]
    first = [file for file in pictures if not _is_test(file.name)] or pictures
    if len(first) != 1:
        listed = ", ".join(file.name for file in (first or files)[:SHOWN])
        raise DataError(
            f"{path.name} holds {'several sets' if first else 'no pictures'} ({listed}): name the "
            "file of the pictures that are meant."
        )
    return read(first[0])


@file_source(*SUFFIXES)
def read(path: Path) -> Loaded:
    """A file of pictures with its labels and its test set; or a lone array."""
    inputs = parse(path)
    if inputs.ndim == 1:
        hint = _first(path, _renamed(path.name, "labels", "images", "idx1", "idx3"))
        name = f"{hint.name}, which brings them along" if hint else "the file of the pictures"
        raise DataError(f"{path.name} holds labels alone: name {name}.")
    labels = _labels(path, inputs)
    rows = None
    notes: tuple[str, ...] = ()
    test = next((file for name in TEST_NAMES if (file := _test_file(path, name))), None)
    if test is not None and labels is not None:
        more = parse(test)
        more_labels = _labels(test, more)
        if more.shape[1:] != inputs.shape[1:] or more_labels is None:
            notes = (f"{test.name} does not fit to {path.name}: not used",)
        else:
            rows = np.arange(len(inputs), len(inputs) + len(more), dtype=np.int64)
            inputs = np.concatenate([inputs, more])
            labels = np.concatenate([labels, more_labels])
    names = () if labels is None else ("label",)
    if inputs.ndim == 2:
        return Loaded(inputs.astype(np.float32), labels, names, rows, notes=notes, header=False)
    pictures, words = pictures_of(inputs)
    return Loaded(pictures, labels, names, rows, notes=(words, *notes))


def parse(path: Path) -> Array:
    """The array of one file, in the machine's own byte order.

    Raises:
        DataError: it is no IDX file, or cut short.
    """
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(
                f"{path.name} is not a whole gzip file (foreign or cut short): copy it again."
            ) from error
    axes = data[3] if len(data) >= 4 else 0
    if data[:2] != b"\0\0" or data[2:3] not in map(bytes, ([kind] for kind in KINDS)) or not axes:
        raise DataError(
            f"{path.name} is not an IDX file (it has another beginning): is its name right?"
        )
    start = 4 + 4 * axes
    if len(data) < start:
        raise DataError(f"{path.name} is cut short within its header: copy it again.")
    shape = tuple(np.frombuffer(data, ">i4", axes, 4).tolist())
    dtype = np.dtype(KINDS[data[2]])
    told, there = math.prod(shape), (len(data) - start) // dtype.itemsize
    if min(shape) < 0 or told != there:
        size = "×".join(f"{side:,}" for side in shape)
        raise DataError(f"{path.name} tells of {size} numbers and holds {there:,}: copy it again.")
    array = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _labels(path: Path, inputs: Array) -> Array | None:
    """The labels beside a file of pictures; None where there are none."""
    beside = _first(path, _renamed(path.name, "images", "labels", "idx3", "idx1"))
    if beside is None:
        return None
    labels = parse(beside)
    if labels.shape[:1] != inputs.shape[:1] or labels.ndim != 1:
        raise DataError(
            f"{path.name} holds {len(inputs):,} pictures and {beside.name} labels of shape "
            f"{labels.shape}: they do not belong together; move one of them away."
        )
    return labels


def _test_file(path: Path, name: str) -> Path | None:
    if _is_test(path.name) or "train" not in path.name.lower():
        return None
    return _first(path, _renamed(path.name, "train", name))


def _renamed(name: str, *pairs: str) -> str:
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        name = name.replace(old, new)
    return name


def _first(path: Path, name: str) -> Path | None:
    """The file of that name beside another, gzipped or not."""
    bare = name.removesuffix(".gz")
    found = (path.with_name(candidate) for candidate in (name, bare, bare + ".gz"))
    return next((file for file in found if file != path and file.is_file()), None)


def _is_idx(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _is_test(name: str) -> bool:
    return name.lower().startswith(TEST_NAMES) or "-test-" in name.lower()
