"""Codes and rows in the containers that people keep them in."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ranvier.errors import HyperparameterError

CONTAINERS = ("default", "pandas", "polars")
Array = np.ndarray[Any, Any]


def container_of(X: Any) -> str:
    """Of a frame "pandas" or "polars", by whose it is; of anything else "array"."""
    module = type(X).__module__.split(".")[0]
    return module if module in CONTAINERS and hasattr(X, "columns") else "array"


def row_shape_of(X: Any) -> tuple[int, ...]:
    """Of one row of an array, or of a list of arrays; empty where rows are neither."""
    if isinstance(X, np.ndarray):
        return tuple(X.shape[1:])
    if isinstance(X, (list, tuple)) and len(X) and isinstance(X[0], np.ndarray):
        return tuple(X[0].shape)
    return ()


def checked(container: str | None) -> str | None:
    """A container that `set_output` takes.

    Raises:
        HyperparameterError: it is none.
    """
    if container is not None and container not in CONTAINERS:
        raise HyperparameterError(
            f"transform must be one of {', '.join(CONTAINERS)}, or None; got {container!r}."
        )
    return container


def contained(codes: Array, container: str | None, names: Sequence[str], X: Any) -> Any:
    """Codes (N, dimensions) in the container asked for, or in the one scikit-learn is set to.

    A pandas frame has the index of X, where X has one.
    """
    if container is None:
        sklearn = sys.modules.get("sklearn")
        container = "default"
        if sklearn is not None:
            container = sklearn.get_config()["transform_output"]
    if container == "pandas":
        pd = importlib.import_module("pandas")
        return pd.DataFrame(codes, columns=list(names), index=getattr(X, "index", None))
    if container == "polars":
        import polars as pl

        return pl.DataFrame(codes, schema=list(names))
    return codes


def as_frame(frame: Any, container: str, index: Any = None) -> Any:
    """A polars frame, as it is or as pandas keeps it."""
    if container != "pandas":
        return frame
    pd = importlib.import_module("pandas")
    columns = {name: _plain(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, index=index)


def _plain(series: Any) -> Any:
    """A polars column as pandas takes it, without Arrow."""
    import polars as pl

    if series.dtype == pl.String or series.null_count() == len(series):
        return np.array(series.to_list(), dtype=object)
    return series.to_numpy()


def as_rows(pictures: Array, shape: tuple[int, ...]) -> Array:
    """Pictures (N, height, width, channels) as the rows of the training array lay.

    Args:
        pictures: as the network makes them.
        shape: of one row of the training array; empty: as they are.
    """
    made = pictures.shape[1:]
    if len(shape) == len(made) and shape != made and shape == (made[-1], *made[:-1]):
        return np.moveaxis(pictures, -1, 1)
    if shape and int(np.prod(shape)) == int(np.prod(made)):
        return pictures.reshape(-1, *shape)
    return pictures
