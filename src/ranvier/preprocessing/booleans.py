"""True and false -> +1 and -1; missing -> 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

YES = ["true", "1", "1.0", "yes", "t", "y"]
NO = ["false", "0", "0.0", "no", "f", "n"]


def values(series: pl.Series) -> np.ndarray[Any, Any]:
    """(N,) float32 of +1, -1 and 0; numbers and the usual words are understood too."""
    import polars as pl

    if series.dtype == pl.Boolean:
        truth = series
    else:
        words = series.cast(pl.String, strict=False).str.strip_chars().str.to_lowercase()
        truth = pl.select(
            pl.when(words.is_in(YES)).then(True).when(words.is_in(NO)).then(False).otherwise(None)
        ).to_series()
    signs = truth.cast(pl.Float32) * 2 - 1
    return np.asarray(signs.fill_null(0.0).to_numpy(), dtype=np.float32)
