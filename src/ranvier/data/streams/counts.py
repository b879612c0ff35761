"""How often each value of a column occurs, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


class Counts:
    """Counts of values that come in pieces.

    They are exact up to `most` different values. Beyond, the rarer half is forgotten whenever
    there are too many, so that the most frequent values stay, with counts that may be too low.

    Attributes:
        exact: whether nothing was forgotten.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.exact = True
        self._table: pl.DataFrame | None = None

    def add(self, series: pl.Series) -> None:
        """Count the values of a piece; missing ones are left out."""
        import polars as pl

        found = series.drop_nulls().alias("value").value_counts(name="times")
        if not found.height:
            return
        if self._table is not None:
            if self._table["value"].dtype != found["value"].dtype:
                self._table, found = (
                    t.with_columns(pl.col("value").cast(series.dtype)) for t in (self._table, found)
                )
            both = pl.concat([self._table, found])
            found = both.group_by("value").agg(pl.col("times").sum())
        if found.height > self.most:
            self.exact = False
            found = found.sort(["times", "value"], descending=[True, False]).head(self.most // 2)
        self._table = found

    @property
    def table(self) -> pl.DataFrame:
        """Columns "value", sorted, and "times"."""
        import polars as pl

        if self._table is None:
            return pl.DataFrame(schema={"value": pl.String, "times": pl.UInt32})
        return self._table.sort("value")

    @property
    def different(self) -> int:
        """How many values are counted."""
        return 0 if self._table is None else self._table.height
