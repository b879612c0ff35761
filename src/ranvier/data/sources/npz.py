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
         ("features", "target"), ("images", "labels"), ("images", "masks"), ("images", "targets"),
         ("x", "masks"), ("inputs", "masks"), ("noisy", "clean"))  # fmt: skip
# inputs and target of the training, validation and test rows; the second may be missing
PARTS = (
    (("x_train", "y_train"), ("x_val", "y_val"), ("x_test", "y_test")),
    (("x_train", "y_train"), ("x_valid", "y_valid"), ("x_test", "y_test")),
    (("train_images", "train_labels"), ("val_images", "val_labels"),
     ("test_images", "test_labels")),
    (("train_images", "train_labels"), ("valid_images", "valid_labels"),
     ("test_images", "test_labels")),
)  # fmt: skip


@file_source(".npz")
def read(path: Path) -> Loaded:
    """X and y where the archive has them (also x_train ... y_test); else columns by name."""
    arrays = _arrays(path)
    folded = {name.casefold(): name for name in arrays}
    for parts in PARTS:
        pairs = [tuple(folded.get(name) for name in pair) for pair in parts]
        if None not in pairs[0] and None not in pairs[2]:
            found = [[arrays[str(name)] for name in pair] if None not in pair else None
                     for pair in pairs]  # fmt: skip
            return _parted(path, found, [str(pair[0]) for pair in pairs])
    for inputs, target in PAIRS:
        if inputs in folded:
            loaded = read_array(arrays[folded[inputs]])
            if target in folded:
                values = arrays[folded[target]]
                return Loaded(
                    loaded.inputs, values, (folded[target],), notes=loaded.notes, header=False
                )
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


def _parted(path: Path, parts: list[list[np.ndarray[Any, Any]] | None], names: list[str]) -> Loaded:
    """The archive's own split into training, validation and test rows is kept."""
    used = [(part, name) for part, name in zip(parts, names, strict=True) if part is not None]
    first, first_name = used[0][0][0], used[0][1]
    for (inputs, _), name in used:
        if inputs.shape[1:] != first.shape[1:]:
            raise DataError(
                f"{path.name}: {first_name} has shape {first.shape} and {name} {inputs.shape}; "
                "all but the first number must agree."
            )
    loaded = read_array(np.concatenate([inputs for (inputs, _), _ in used]))
    target = np.concatenate([target for (_, target), _ in used])
    counts = [0 if part is None else len(part[0]) for part in parts]
    ends = np.cumsum(counts)
    valid, test = (np.arange(*ends[low : low + 2], dtype=np.int64) for low in (0, 1))
    return Loaded(
        loaded.inputs, target, ("y",), test, valid if len(valid) else None, loaded.notes,
        header=False,
    )  # fmt: skip


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
