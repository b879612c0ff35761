"""Frames of any library that narwhals knows (pandas, polars, pyarrow, modin, cuDF) -> polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.inference import from_objects, infer
from ranvier.data.sources.registry import Loaded, memory_source, unique_names

if TYPE_CHECKING:
    import polars as pl


def accepts(source: Any) -> bool:
    """Whether narwhals recognises a frame; plain arrays and lists are not asked."""
    if isinstance(source, (np.ndarray, list, tuple, str, bytes, dict)):
        return False
    import narwhals.stable.v2 as nw

    if nw.dependencies.is_pandas_like_dataframe(source):
        return True  # also when names repeat, which narwhals itself refuses
    found = nw.from_native(source, pass_through=True)
    return isinstance(found, (nw.DataFrame, nw.LazyFrame))


@memory_source(accepts, rank=1)
def read(source: Any) -> Loaded:
    """A polars frame with unique text names; text columns are read as `infer` reads them."""
    import narwhals.stable.v2 as nw
    import polars as pl

    if hasattr(source, "iloc"):  # pandas-like: names may repeat or be no text, so go by position
        native = [source.iloc[:, position] for position in range(source.shape[1])]
        given = [column if isinstance(column, str) else _spelled(column) for column in source]
        header = any(isinstance(column, str) for column in source)
        columns = [nw.from_native(series, series_only=True) for series in native]
    else:
        frame = nw.from_native(source)
        if isinstance(frame, nw.LazyFrame):
            frame = frame.collect()
        given, header = list(frame.columns), True
        columns = list(frame.iter_columns())
    names, notes = unique_names(given)
    converted = [as_series(name, column) for name, column in zip(names, columns, strict=True)]
    return Loaded(pl.DataFrame(converted), notes=notes, header=header)


def as_series(name: str, column: Any) -> pl.Series:
    """One narwhals series as a polars series, whatever it holds."""
    import polars as pl

    native = column.to_native()
    if isinstance(native, pl.Series):
        series = native.rename(name)
    elif column.dtype.is_numeric() and getattr(native, "dtype", None) in _NUMPY_KINDS:
        series = pl.Series(name, native.to_numpy())
    else:
        try:
            series = column.to_polars().rename(name)
        except Exception:  # mixed objects, or pyarrow is not there: value by value always works
            return from_objects(name, column.to_list())
    if series.dtype == pl.Object:
        return from_objects(name, series.to_list())
    return infer(series) if series.dtype == pl.String else series


_NUMPY_KINDS = tuple(
    np.dtype(kind) for kind in ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")
)


def _spelled(column: object) -> str:
    """A column label that is no text: a tuple of levels is joined."""
    return " / ".join(map(str, column)) if isinstance(column, tuple) else str(column)
