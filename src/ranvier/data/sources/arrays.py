"""Arrays and lists of rows: numbers are kept as they are, anything else is read per column."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ranvier.data.checks import check_matrix
from ranvier.data.inference import from_objects
from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.pictures.images import are_images, pictures_of_images
from ranvier.data.sources.registry import Loaded, memory_source
from ranvier.errors import DataError


def accepts(source: Any) -> bool:
    """Arrays, whatever can turn itself into one, and lists."""
    return isinstance(source, (np.ndarray, np.generic, list, tuple, range)) or hasattr(
        source, "__array__"
    )


@memory_source(accepts, rank=9)  # last: frames can turn themselves into arrays too
def read(source: Any) -> Loaded:
    """A 2-D array as it is (numbers) or as a frame (anything else); of more axes as pictures."""
    if are_images(source):
        pictures, notes = pictures_of_images(source)
        return Loaded(pictures, notes=notes)
    array = as_array(source)
    if array.ndim in (3, 4) and array.dtype.kind in "fiub":
        pictures, words = pictures_of(array)
        return Loaded(pictures, notes=(words,))
    check_matrix(array)
    if array.dtype.kind in "fiub":
        return Loaded(array, header=False)
    import polars as pl

    columns = [
        from_objects(f"x{number}", _values(array[:, number])) for number in range(array.shape[1])
    ]
    return Loaded(pl.DataFrame(columns), header=False)


def as_array(source: Any) -> np.ndarray[Any, Any]:
    """`np.asarray` with a clear refusal; the odd float widths become 32 or 64 bits."""
    if isinstance(source, np.ma.MaskedArray) and source.dtype.kind in "fiub":
        return np.ma.filled(source.astype(np.float64), np.nan)
    try:
        with warnings.catch_warnings():
            # older NumPy only warns about ragged rows
            warnings.simplefilter("error", getattr(np, "VisibleDeprecationWarning", UserWarning))
            array = np.asarray(source)
    except (ValueError, TypeError, UserWarning) as error:
        shapes = [getattr(row, "shape", ()) for row in source]
        if all(len(shape) in (2, 3) for shape in shapes):
            sizes = " and ".join(str(shape) for shape in sorted(set(shapes))[:2])
            raise DataError(
                f"The pictures in the list differ in size, such as {sizes}: bring them to one, or "
                "pass them as Pillow's images, which are resized."
            ) from error
        raise DataError(
            "The rows cannot be read as a table: they differ in length or depth; "
            "give each row the same number of values."
        ) from error
    if array.dtype == np.float16:
        return array.astype(np.float32)
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        return array.astype(np.float64)
    return array


def _values(column: np.ndarray[Any, Any]) -> list[Any]:
    """Python values; dates at a precision that Python keeps, byte strings as text."""
    if column.dtype.kind == "M":
        return list(column.astype("datetime64[us]").tolist())
    if column.dtype.kind == "S":
        return [value.decode("utf-8", "replace") for value in column.tolist()]
    return list(column.tolist())
