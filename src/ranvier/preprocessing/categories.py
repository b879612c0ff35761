"""Values -> codes.

Code 0: a value never seen in training, or too rare to learn from. Codes 1, 2, ...: the kept values
in sorted order. Then, when values were missing in training, one code for missing; else a missing
value is code 0. A value is rare when it was seen once in a column of more than `FEW` values; of
more than `MOST` values the most frequent are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.inference import clean

if TYPE_CHECKING:
    import polars as pl

FEW = 10
MOST = 50_000


@dataclass(frozen=True)
class Vocabulary:
    """The kept values of one column, sorted, and whether missing has a code of its own."""

    values: tuple[str, ...]
    missing: bool

    @property
    def codes(self) -> int:
        """The number of codes, with 0 for unseen."""
        return 1 + len(self.values) + self.missing


def learn(
    series: pl.Series,
    repeats: np.ndarray[Any, Any] | None = None,
    counts: pl.DataFrame | None = None,
) -> tuple[Vocabulary, int]:
    """The vocabulary of a text column, and how many values were too rare for it.

    Args:
        series: (N,) values.
        repeats: (N,) int64, how often each row counts; None: once.
        counts: columns "value" and "times", where `series` is a sample of these values.
    """
    import polars as pl

    texts = as_text(series)
    if counts is None:
        times = pl.lit(1) if repeats is None else pl.Series("times", repeats)
        table = pl.DataFrame({"value": texts}).with_columns(times=times)
        counts = table.drop_nulls("value").group_by("value").agg(pl.col("times").sum())
    distinct = counts.height
    if distinct > FEW:
        counts = counts.filter(pl.col("times") > 1)
    if counts.height > MOST:
        counts = counts.sort(["times", "value"], descending=[True, False]).head(MOST)
    vocabulary = Vocabulary(tuple(sorted(counts["value"])), texts.null_count() > 0)
    return vocabulary, distinct - counts.height


def encode(series: pl.Series, vocabulary: Vocabulary) -> np.ndarray[Any, Any]:
    """(N,) int32 codes."""
    import polars as pl

    absent = vocabulary.codes - 1 if vocabulary.missing else 0
    texts = as_text(series, vocabulary)
    if not vocabulary.values:
        codes = pl.Series([0], dtype=pl.Int32).new_from_index(0, len(texts))
    else:
        codes = texts.replace_strict(
            pl.Series(vocabulary.values),
            pl.Series(range(1, len(vocabulary.values) + 1), dtype=pl.Int32),
            default=0,
            return_dtype=pl.Int32,
        )
    result = np.array(codes.fill_null(0).to_numpy(), dtype=np.int32)
    if absent:
        result[texts.is_null().to_numpy()] = absent
    return result


def as_text(series: pl.Series, vocabulary: Vocabulary | None = None) -> pl.Series:
    """Any column as cleaned text, spelled as in the vocabulary where types lost the spelling."""
    import polars as pl

    if series.dtype == pl.Boolean:
        known = vocabulary.values if vocabulary else ()
        pairs = [("true", "false"), ("True", "False"), ("TRUE", "FALSE")]
        pair = next((p for p in pairs if p[0] in known or p[1] in known), pairs[0])
        return series.replace_strict([True, False], list(pair), return_dtype=pl.String)
    if series.dtype.is_float():
        series = series.fill_nan(None)
        whole = series.cast(pl.Int64, strict=False)
        if series.null_count() == whole.null_count() and bool((whole == series).all()):
            series = whole  # 3.0 is how a frame with gaps holds the whole number 3
    return clean(series.cast(pl.String, strict=False))
