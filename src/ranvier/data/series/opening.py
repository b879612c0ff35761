"""Whatever people pass as series, as a polars frame with a column of times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import builtin
from ranvier.data.whole import Whole
from ranvier.errors import DataError, DataTypeError

if TYPE_CHECKING:
    import polars as pl

STEP = "step"  # the column of counts of values that came without times


def open_series(source: Any, target: tuple[str, ...] = ()) -> tuple[pl.DataFrame, str, str]:
    """A frame, the source's name, and the column of times where it is known; else "".

    Args:
        source: a path; a frame (a pandas one may have its dates as the index); a series of
            numbers with or without dates as its index; an array or a list, (steps,) or
            (steps, series).
        target: names for an array's columns.

    Raises:
        DataError, DataTypeError: it cannot be read.
    """
    from ranvier.data.sources import load_file, load_object

    if isinstance(source, (str, Path)):
        path = Path(source).expanduser()
        if isinstance(source, str) and source in builtin.NAMES and not path.is_file():
            raise DataError(f'"{source}" is no series: name a file with a column of dates.')
        inputs, name = load_file(path, "stop").inputs, path.name
        if isinstance(inputs, Whole) or path.is_dir():
            raise DataError(f"{name} holds no table of series: name a file with a column of dates.")
        if isinstance(inputs, np.ndarray):
            return _of_array(inputs, target), name, STEP
        return inputs, name, ""
    if hasattr(source, "index") and hasattr(source, "iloc"):
        return _of_pandas(source)
    if _is_plain(source):
        return _of_array(_numbers(source), target), "the array", STEP
    if hasattr(source, "to_list") and not hasattr(source, "columns"):  # a polars series
        label = str(getattr(source, "name", "") or "value")
        return _of_array(_numbers(source.to_numpy()), target or (label,)), "the series", STEP
    try:
        inputs = load_object(source).inputs
    except DataTypeError as error:
        raise DataTypeError(
            f"Expected a path, a frame, a series or an array of numbers; got "
            f"{type(source).__name__}."
        ) from error
    if isinstance(inputs, (Whole, np.ndarray)):
        raise DataError("These data hold no series: pass a frame, a series or a 1-D array.")
    return inputs, "the frame", ""


def _is_plain(source: Any) -> bool:
    if isinstance(source, np.ndarray):
        return source.dtype.names is None
    return isinstance(source, (list, tuple))


def _numbers(source: Any) -> np.ndarray[Any, Any]:
    try:
        values = np.asarray(source, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(
            "A series must hold numbers, one for each step, NaN where one is missing; the array "
            "holds other things."
        ) from None
    if values.ndim not in (1, 2) or not values.size:
        raise DataError(
            "Series must be (steps,), or (steps, series) with a column for each; the array has "
            f"shape {values.shape}."
        )
    return values


def _of_array(values: np.ndarray[Any, Any], names: tuple[str, ...]) -> pl.DataFrame:
    import polars as pl

    values = _numbers(values).reshape(len(values), -1)
    width = values.shape[1]
    if len(names) != width:
        names = ("value",) if width == 1 else tuple(f"x{n}" for n in range(width))
    columns = {name: values[:, n] for n, name in enumerate(names)}
    return pl.DataFrame({STEP: np.arange(len(values)), **columns})


def _of_pandas(source: Any) -> tuple[pl.DataFrame, str, str]:
    """A pandas frame or series; an index of dates or periods is its column of times."""
    from ranvier.data.sources import load_object

    time = ""
    single = not hasattr(source, "columns")
    if single:
        source = source.to_frame(source.name if isinstance(source.name, str) else "value")
    index = source.index
    kind = type(index).__name__
    if kind in ("DatetimeIndex", "PeriodIndex"):
        index = index.to_timestamp() if kind == "PeriodIndex" else index
        time = index.name if isinstance(index.name, str) else "time"
        while time in source.columns:
            time += "_index"
        source = source.reset_index(drop=True)
        source.insert(0, time, index)
    elif single:
        time = STEP
        source = source.reset_index(drop=True)
        source.insert(0, time, range(len(source)))
    inputs = load_object(source).inputs
    assert not isinstance(inputs, (np.ndarray, Whole))
    return inputs, "the series" if single else "the frame", time
