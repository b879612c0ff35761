"""NumPy archives: inputs and target by their usual names, or one column per array."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.sources.arrays import as_array
from ranvier.data.sources.arrays import read as read_array
from ranvier.data.sources.registry import Loaded, file_source
from ranvier.errors import DataError

# compared in lower case; a pair (inputs, target)
PAIRS = (("x", "y"), ("data", "target"), ("data", "labels"), ("inputs", "target"),
         ("inputs", "targets"), ("inputs", "labels"), ("features", "labels"),
         ("features", "target"), ("images", "labels"))  # fmt: skip


@file_source(".npz")
def read(path: Path) -> Loaded:
    """X and y where the archive has them (also x_train ... y_test); else columns by name."""
    arrays = _arrays(path)
    folded = {name.casefold(): name for name in arrays}
    halves = [folded.get(key) for key in ("x_train", "y_train", "x_test", "y_test")]
    if None not in halves:
        return _halves(path, [arrays[str(name)] for name in halves])
    for inputs, target in PAIRS:
        if inputs in folded:
            loaded = read_array(arrays[folded[inputs]])
            if target in folded:
                values = arrays[folded[target]]
                return Loaded(loaded.inputs, values, (folded[target],), header=False)
            if len(arrays) == 1:
                return loaded
    return _columns(path, arrays)


def _arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    try:
        # NumPy leaves a file that it opened itself open where the archive is damaged.
        with open(path, "rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not hasattr(archive, "files"):
                raise DataError(
                    f"{path.name} holds a single array, not an archive: save it with numpy.savez."
                )
            with archive:
                found = {name: as_array(archive[name]) for name in archive.files}
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, KeyError) as error:
        if isinstance(error, DataError):
            raise
        if "allow_pickle" in str(error) and zipfile.is_zipfile(path):
            raise DataError(
                f"{path.name} holds Python objects, which are never unpickled: save arrays "
                "of numbers or fixed-width text."
            ) from None
        raise DataError(
            f"{path.name} is not a readable .npz archive (foreign or cut short): save it again."
        ) from error
    if not found:
        raise DataError(f"{path.name} holds no arrays: save X and y in it.")
    return found


def _halves(path: Path, arrays: list[np.ndarray[Any, Any]]) -> Loaded:
    """The archive's own split into training and test rows is kept."""
    train, train_target, test, test_target = arrays
    if train.shape[1:] != test.shape[1:]:
        raise DataError(
            f"{path.name}: x_train has shape {train.shape} and x_test {test.shape}; "
            "all but the first number must agree."
        )
    loaded = read_array(np.concatenate([train, test]))
    target = np.concatenate([train_target, test_target])
    rows = np.arange(len(train), len(train) + len(test), dtype=np.int64)
    return Loaded(loaded.inputs, target, ("y",), rows, header=False)


def _columns(path: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> Loaded:
    """Arrays of one length as the columns of a frame; a lone matrix as itself."""
    if len(arrays) == 1:
        return read_array(next(iter(arrays.values())))
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) > 1 or len(next(iter(shapes))) != 1:
        listed = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise DataError(
            f"{path.name} has arrays {listed}: name the inputs X and the target y, or store "
            "columns of one length."
        )
    import polars as pl

    return Loaded(pl.DataFrame({name: pl.Series(array) for name, array in arrays.items()}))
