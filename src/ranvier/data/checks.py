"""What an array, a target and weights must be, in the words scikit-learn's own checks expect."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

BLOCK = 1 << 20  # elements looked at together, so that a check needs no copy of the data


def check_matrix(array: np.ndarray[Any, Any]) -> None:
    """Refuse whatever is not a (rows, columns) array with at least one of each."""
    if array.dtype.kind == "c":
        raise DataError("Complex data not supported: pass the real and imaginary parts as columns.")
    if array.ndim != 2:
        raise DataError(_wrong_dimensions(array))
    check_shape(array.shape[0], array.shape[1])
    if array.dtype.kind == "f":
        check_infinity(array)


def _wrong_dimensions(array: np.ndarray[Any, Any]) -> str:
    if array.ndim == 0:
        return (
            "Expected 2D array, got scalar array instead: pass rows and columns. Reshape your data "
            "with array.reshape(1, 1) if it is a single value."
        )
    if array.ndim == 1:
        return (
            f"Expected 2D array, got 1D array instead, of {array.shape[0]:,} values. Reshape your "
            "data with array.reshape(-1, 1) if it is one column, array.reshape(1, -1) if one row."
        )
    return (
        f"Found array with dim {array.ndim} (shape {array.shape}), while dim <= 2 is required: "
        "a table has rows and columns."
    )


def check_shape(rows: int, columns: int) -> None:
    """Refuse a table without rows or without columns."""
    shape = f"(shape=({rows}, {columns}))"
    if rows == 0:
        raise DataError(
            f"Found array with 0 sample(s) {shape} while a minimum of 1 is required. "
            "Pass at least one row."
        )
    if columns == 0:
        raise DataError(
            f"Found array with 0 feature(s) {shape} while a minimum of 1 is required. "
            "Pass at least one column."
        )


def check_infinity(array: np.ndarray[Any, Any]) -> None:
    """Refuse infinities in a 2-D float array, naming the first and how many there are."""
    step = max(1, BLOCK // array.shape[1])
    for start in range(0, array.shape[0], step):
        if np.isinf(array[start : start + step]).any():
            break
    else:
        return
    counts = [int(np.isinf(array[:, column]).sum()) for column in range(array.shape[1])]
    column = next(number for number, count in enumerate(counts) if count)
    row = int(np.argmax(np.isinf(array[:, column])))
    raise DataError(infinity_message(f"x{column}", row, sum(counts)))


def check_frame(frame: pl.DataFrame) -> None:
    """The same checks for a frame: shape, and infinities by column name."""
    check_shape(frame.height, frame.width)
    for series in frame.iter_columns():
        if series.dtype.is_float():
            infinite = series.is_infinite()
            count = int(infinite.sum() or 0)
            if count:
                row = infinite.fill_null(False).arg_max()
                raise DataError(infinity_message(series.name, int(row or 0), count))


def infinity_message(column: str, row: int, count: int | None) -> str:
    """Where the first infinity is, and how many there are where that is known."""
    many = "" if count is None else f" ({count:,} such value{'s' if count > 1 else ''})"
    return (
        f'Input X contains infinity or a value too large: column "{column}", row {row:,}{many}; '
        "replace it by a finite number, or by NaN for missing."
    )


def check_lengths(rows: int, **others: int | None) -> None:
    """Refuse a target or weights of another length than the inputs."""
    counts = [rows, *(count for count in others.values() if count is not None)]
    if len(set(counts)) > 1:
        given = ", ".join(f"{name} {n:,}" for name, n in others.items() if n is not None)
        raise DataError(
            "Found input variables with inconsistent numbers of samples: "
            f"{counts} (X {rows:,}, {given}); each row of X needs one of each."
        )


def check_target(target: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A target as (N,) or (N, outputs), free of missing and infinite values.

    A single column (N, 1) becomes (N,) with scikit-learn's warning.
    """
    if target.dtype.kind == "c":
        raise DataError("Complex data not supported: a target must be real numbers or classes.")
    if target.ndim in (3, 4) and target.dtype.kind in "fiub":
        return _check_pictures(target)
    if target.ndim == 0 or target.ndim > 2:
        raise DataError(
            f"y should be a 1d array, or 2d with one column per output; got shape {target.shape}."
        )
    if target.ndim == 2 and target.shape[1] == 1:
        from sklearn.exceptions import DataConversionWarning

        warnings.warn(
            "A column-vector y was passed when a 1d array was expected. Please change the shape of "
            "y to (n_samples,), for example using ravel().",
            DataConversionWarning,
            stacklevel=4,
        )
        target = target.reshape(-1)
    if target.dtype.kind == "O":
        target = _unboxed(target)
    missing = missing_mask(target)
    if missing.any():
        raise DataError(
            f"Input y contains NaN. {int(missing.sum()):,} of its values are missing (the first in "
            f"row {int(np.argmax(missing.reshape(len(target), -1).any(axis=1))):,}); leave those "
            "rows out."
        )
    if target.dtype.kind == "f" and np.isinf(target).any():
        raise DataError(
            "Input y contains infinity or a value too large for dtype('float64'). "
            "Replace such values, or leave those rows out."
        )
    return target


def _check_pictures(target: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Pictures as a target: float32 or whole numbers, none missing."""
    if 0 in target.shape:
        raise DataError(f"y holds no pixel: its shape is {target.shape}.")
    if target.dtype.kind != "f":
        return target
    if not np.isfinite(target).all():
        raise DataError(
            "Input y contains NaN or infinity: every pixel of a target picture must be a number."
        )
    return target.astype(np.float32, copy=False)


def missing_mask(target: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where values are missing: bool, shaped as the target."""
    if target.dtype.kind == "f":
        return np.asarray(np.isnan(target))
    if target.dtype.kind in "mM":
        return np.asarray(np.isnat(target))
    if target.dtype.kind == "O":
        from ranvier.data.inference import absent

        flat = [absent(value) for value in target.reshape(-1)]
        return np.array(flat, dtype=bool).reshape(target.shape)
    return np.zeros(target.shape, dtype=bool)


def _unboxed(target: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Python numbers or booleans in an object array as a numeric array; others unchanged."""
    kinds = {type(value) for value in target.reshape(-1)}
    if kinds and all(issubclass(kind, (int, float, np.number, np.bool_)) for kind in kinds):
        return np.array(target.tolist())
    return target


def check_weights(weights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Weights as (N,) float64: finite, none negative, not all zero."""
    if weights.ndim != 1:
        raise DataError(
            f"Sample weights must be 1D array or scalar; got shape {weights.shape}: one per row."
        )
    try:
        values = weights.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            "sample_weight must be numbers, one per row of X; got such as "
            f"{weights.tolist()[0]!r}; convert it first."
        ) from None
    if not np.isfinite(values).all():
        raise DataError("sample_weight contains NaN or infinity: give each row a finite weight.")
    if (values < 0).any():
        raise DataError(
            f"sample_weight is negative in row {int(np.argmax(values < 0)):,}: "
            "use 0 to leave a row out."
        )
    if not values.any():
        raise DataError("sample_weight is zero for every row: at least one row must count.")
    return values


def available_memory() -> int | None:
    """Bytes that can be allotted without swapping; None where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
