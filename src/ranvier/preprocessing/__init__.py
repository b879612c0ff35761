"""From raw columns to arrays: fitted state that is plain data, kept as JSON and tensors."""

from ranvier.preprocessing.columns import ColumnDecision
from ranvier.preprocessing.table import TablePreprocessor

__all__ = ["ColumnDecision", "TablePreprocessor"]
