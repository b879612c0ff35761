"""Time series: read, brought to a regular step, and cut into windows."""

from ranvier.data.series.reading import as_windows, read_series
from ranvier.data.series.table import SeriesTable
from ranvier.data.series.windows import Windows

__all__ = ["SeriesTable", "Windows", "as_windows", "read_series"]
