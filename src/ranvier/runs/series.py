"""Series among a run's data: when they are meant, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ranvier.data import Dataset
from ranvier.data import read as read_examples
from ranvier.data.sequences.long_targets import holds_classes
from ranvier.data.series import Windows, read_series

AHEAD = ("known", "static", "horizon", "context", "season")  # settings that only forecasting has
IMPLIES = ("time", "series", *AHEAD)
READING = (*IMPLIES, "validation_fraction")


def are_meant(settings: Mapping[str, Any], source: Any = None, targets: Sequence[str] = ()) -> bool:
    """Whether a forecast is asked for: by the task, or by settings of series.

    A long table whose target holds classes has them told, of each series or each step.
    """
    task = settings.get("task", "auto")
    if task != "auto":
        return bool(task == "forecasting")
    given = [name for name in AHEAD if settings.get(name) is not None]
    if given and not (given == ["context"] and _is_prose(source)):
        return True
    if settings.get("series") is not None:
        return not holds_classes(source, targets)
    return settings.get("time") is not None


def _is_prose(source: Any) -> bool:
    """Whether it is a plain text, or a folder: `context` is of a language then."""
    from ranvier.data.sources import books

    path = Path(str(source)).expanduser()
    return path.is_dir() or (
        path.name.lower().endswith(books.SUFFIXES) and not books.is_table(path)
    )


def read(
    source: Any, targets: Sequence[str], settings: Mapping[str, Any], test_fraction: float
) -> Dataset:
    """The windows of a run's source."""
    chosen = {name: settings.get(name) for name in READING}
    return read_series(source, target=list(targets) or None, test_fraction=test_fraction, **chosen)


def read_long(
    source: Any, targets: Sequence[str], settings: Mapping[str, Any], test_fraction: float
) -> Dataset:
    """A run's long table, whose series, or their steps, have classes or numbers."""
    return read_examples(
        source,
        target=list(targets) or None,
        test_fraction=test_fraction,
        seed=settings.get("seed", 0),
        on_error=settings.get("on_error", "stop"),
        series=settings.get("series"),
        time=settings.get("time"),
    )


def about_test(windows: Windows, test: Windows) -> str:
    """What is held out of series, in words."""
    steps = int((windows.table.ends[test.series] - test.origins).max())
    each = "" if len(windows.table) == 1 else " of each series"
    return (
        f"the last {steps:,} steps{each} are held out: a rolling backtest forecasts "
        f"{windows.horizon:,} steps from each of {len(test):,} origins"
    )
