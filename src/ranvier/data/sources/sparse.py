"""Sparse matrices: densified, when the dense form fits in memory."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ranvier.data.checks import available_memory, check_matrix
from ranvier.data.sources.registry import Loaded, memory_source
from ranvier.errors import DataError


def accepts(source: Any) -> bool:
    """A SciPy sparse matrix or array; SciPy must be loaded for one to exist."""
    scipy_sparse = sys.modules.get("scipy.sparse")
    return scipy_sparse is not None and bool(scipy_sparse.issparse(source))


@memory_source(accepts, rank=1)
def read(source: Any) -> Loaded:
    """The dense form, float32 (float64 where float32 could not hold a value)."""
    return Loaded(densify(source), header=False)


def densify(source: Any) -> np.ndarray[Any, Any]:
    """Sparse (N, columns) -> dense float32, refused when it would not fit."""
    if source.dtype.kind == "c":
        raise DataError("Complex data not supported: pass the real and imaginary parts as columns.")
    needed = int(np.prod(source.shape, dtype=np.float64)) * 4
    free = available_memory()
    if free is not None and needed > free:
        raise DataError(
            f"The sparse matrix of shape {tuple(source.shape)} needs "
            f"{needed / 2**30:,.1f} GiB when dense and {free / 2**30:,.1f} GiB are free: reduce "
            "its columns first, for instance with sklearn.decomposition.TruncatedSVD."
        )
    values = source.data if source.format != "lil" and source.format != "dok" else None
    wide = (
        values is not None
        and values.dtype.kind == "f"
        and values.size > 0
        and bool(np.nanmax(np.abs(values)) > np.finfo(np.float32).max)
    )
    dense = np.asarray(source.astype(np.float64 if wide else np.float32).toarray())
    check_matrix(dense)
    return dense
