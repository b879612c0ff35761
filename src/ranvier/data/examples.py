"""The door of `fit(X, y)` and `predict(X)`: whatever people pass, as a Dataset."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data.checks import (
    check_frame,
    check_lengths,
    check_matrix,
    check_target,
    check_weights,
)
from ranvier.data.dataset import Dataset
from ranvier.data.pictures import Pictures
from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.step_labels import StepLabels, in_rows
from ranvier.data.steps import STEPS, WORDS, steps_of
from ranvier.data.whole import Whole
from ranvier.errors import DataError, DataTypeError


def as_examples(
    X: Any, y: Any = None, *, sample_weight: Any = None, name: str = "", layout: str = "auto"
) -> Dataset:
    """Inputs, target and weights as one checked Dataset, without a split.

    Args:
        X: (N, columns) array-like, sparse matrix or frame; or a Dataset, which is returned as it
            is. A numeric array is kept, not copied; NaN in it means missing. An array of more
            axes is pictures or signals.
        y: (N,) or (N, outputs) array-like, series or frame without missing values; or None; or
            pictures, (N, height, width) or (N, height, width, channels); or, where X is
            sequences, a list of a row of labels for each, one label for each step.
        sample_weight: (N,) non-negative numbers, or one number for all rows; None counts each
            row once.
        name: for display.
        layout: how the rows of an array of three or four axes lie, such as "HWC"; `STEPS` or
            `WORDS` where arrays and lists are sequences, or texts.

    Raises:
        DataError: for shapes, lengths and values that cannot be used (also a ValueError).
        DataTypeError: for X of a kind that is no table (also a TypeError).
    """
    if isinstance(X, Dataset):
        if y is not None or sample_weight is not None:
            raise DataError("A Dataset brings its own target and weights: pass it alone.")
        return X
    inputs: Any
    notes: tuple[str, ...] = ()
    unnamed = False
    if layout in (STEPS, WORDS):
        X = steps_of(X, layout)
    plain = type(X) in (np.ndarray, np.memmap)
    if isinstance(X, Whole):
        inputs = X
    elif plain and X.ndim in (3, 4) and X.dtype.kind in "fiub":
        inputs, words = pictures_of(X, layout)
        notes = (words,)
    elif plain and X.dtype.char in _KEPT:
        check_matrix(X)
        inputs = X
    else:
        inputs, notes, unnamed = _load(X)
    rows = int(inputs.shape[0])
    if y is None and sample_weight is None:
        return Dataset(inputs, name=name, notes=notes, unnamed=unnamed)
    weights = None if sample_weight is None else _weights(sample_weight, rows)
    target, names = (None, ()) if y is None else _target(y, layout)
    check_lengths(
        rows,
        y=None if target is None else len(target),
        sample_weight=None if weights is None else len(weights),
    )
    return Dataset(inputs, target, names, name, weights, notes=notes, unnamed=unnamed)


_KEPT = "fdbBhHiIlLqQ?"  # float32, float64, integers of all widths, booleans


def _load(source: Any) -> tuple[Any, tuple[str, ...], bool]:
    from ranvier.data.sources import load_object

    # SciPy's "dok" matrices are dicts, plain dicts are no table
    plain_dict = isinstance(source, dict) and not hasattr(source, "tocsr")
    if isinstance(source, (str, bytes)) or plain_dict or source is None:
        raise DataTypeError(
            f"Expected 2D array or frame, got {type(source).__name__}: pass rows and columns, or "
            "read a file with ranvier.read(path, target=...)."
        )
    if _is_scalar(source):
        source = np.asarray(source)
    loaded = load_object(source)
    if not isinstance(loaded.inputs, (np.ndarray, Whole)):
        check_frame(loaded.inputs)
    return loaded.inputs, loaded.notes, not loaded.header


def _is_scalar(source: Any) -> bool:
    return isinstance(source, (int, float, complex))


def _target(y: Any, layout: str) -> tuple[Any, tuple[str, ...]]:
    """The checked target, and its names where it has some."""
    if isinstance(y, (Pictures, StepLabels)):
        return y, ()
    if layout == WORDS and in_rows(y) and _is_named(y):
        return StepLabels.of(y), ()
    if layout in (STEPS, WORDS) and in_rows(y) and not _is_matrix(y):
        return StepLabels.of(y), ()
    names: tuple[str, ...] = ()
    if hasattr(y, "columns") and not callable(y.columns):
        names = tuple(str(column) for column in y.columns)
    elif isinstance(getattr(y, "name", None), str) and y.name:
        names = (y.name,)
    return check_target(as_vector(y, "y")), names


def _is_matrix(rows: Any) -> bool:
    """Whether a list of rows could as well be an array of several outputs."""
    return not isinstance(rows, np.ndarray) and len({len(row) for row in rows}) == 1


def _is_named(rows: Any) -> bool:
    """Whether the first label of a list of rows is a name."""
    first = next((row[0] for row in rows if len(row)), None)
    return isinstance(first, str)


def _weights(sample_weight: Any, rows: int) -> np.ndarray[Any, Any]:
    given = as_vector(sample_weight, "sample_weight")
    if given.ndim == 0:
        given = np.full(rows, given)
    return check_weights(given)


def as_vector(values: Any, name: str) -> np.ndarray[Any, Any]:
    """Array-likes, series, frames and sparse columns as an array; the caller checks its shape."""
    from ranvier.data.sources.sparse import accepts

    if accepts(values):
        return np.asarray(values.toarray())
    if hasattr(values, "chunks") and hasattr(values, "to_pylist"):  # a pyarrow column
        return np.array(values.to_pylist())
    try:
        array = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{name} must be an array with one entry per row; its entries differ in shape; "
            "give each row one value, or the same number of them."
        ) from error
    return array
