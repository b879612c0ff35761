"""Series among a run's data: when they are meant, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ranvier.data import Dataset
from ranvier.data.series import Windows, read_series

READING = ("time", "series", "known", "static", "horizon", "context", "season",
           "validation_fraction")  # fmt: skip
IMPLIES = READING[:-1]  # settings that only forecasting has


def are_meant(settings: Mapping[str, Any]) -> bool:
    """Whether these settings ask for a forecast: by the task, or by what only forecasting has."""
    task = settings.get("task", "auto")
    return task == "forecasting" or (
        task == "auto" and any(settings.get(name) is not None for name in IMPLIES)
    )


def read(
    source: Any, targets: Sequence[str], settings: Mapping[str, Any], test_fraction: float
) -> Dataset:
    """The windows of a run's source."""
    chosen = {name: settings.get(name) for name in READING}
    return read_series(source, target=list(targets) or None, test_fraction=test_fraction, **chosen)


def about_test(windows: Windows, test: Windows) -> str:
    """What is held out of series, in words."""
    steps = int((windows.table.ends[test.series] - test.origins).max())
    each = "" if len(windows.table) == 1 else " of each series"
    return (
        f"the last {steps:,} steps{each} are held out: a rolling backtest forecasts "
        f"{windows.horizon:,} steps from each of {len(test):,} origins"
    )
