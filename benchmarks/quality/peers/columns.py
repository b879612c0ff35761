"""A table's columns in the form that the peers take: what an analyst does by hand before them."""

from __future__ import annotations

import numpy as np
import pandas as pd


class Columns:
    """Text becomes pandas categories; a moment becomes days since 1970, its weekday and hour."""

    def fit(self, frame: pd.DataFrame) -> Columns:
        """Note the categories of the rows that train; others count as missing later."""
        plain = self._moments(frame)
        self.text = [name for name in plain if not pd.api.types.is_numeric_dtype(plain[name])]
        self.numbers = [name for name in plain if name not in self.text]
        self.types = {
            name: pd.CategoricalDtype(sorted(plain[name].dropna().unique())) for name in self.text
        }
        self.middle = plain[self.numbers].median()
        return self

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Categories and floats; gaps stay gaps."""
        plain = self._moments(frame)
        numbers = plain[self.numbers].astype(np.float64)
        return pd.concat([numbers, plain[self.text].astype(self.types)], axis=1)

    def filled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The same, the gaps of numbers filled with the median of the rows that train."""
        out = self.transform(frame)
        out[self.numbers] = out[self.numbers].fillna(self.middle)
        return out

    def _moments(self, frame: pd.DataFrame) -> pd.DataFrame:
        columns = {}
        for name in frame:
            column = frame[name]
            if pd.api.types.is_datetime64_any_dtype(column):
                since = (
                    column.dt.tz_convert("UTC") if column.dt.tz else column.dt.tz_localize("UTC")
                )
                elapsed = since - pd.Timestamp(0, tz="UTC")
                columns[f"{name} (days)"] = elapsed / pd.Timedelta(days=1)
                columns[f"{name} (weekday)"] = column.dt.weekday
                columns[f"{name} (hour)"] = column.dt.hour
            else:
                columns[name] = column
        return pd.DataFrame(columns)
