"""What is measured. A family adds its rows by adding one file here, with a tuple `ROWS`."""

from __future__ import annotations

import importlib
import pkgutil

from benchmarks.rows.row import Row


def all_rows() -> dict[str, Row]:
    """Every row of every file in this folder, by name."""
    rows: dict[str, Row] = {}
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        for row in getattr(importlib.import_module(module.name), "ROWS", ()):
            rows[row.name] = row
    return rows
