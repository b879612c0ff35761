"""`read_series`: from a file or anything in memory to windows with held-out origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ranvier.data.dataset import Dataset
from ranvier.data.series.columns import SeriesColumns, names_of
from ranvier.data.series.opening import open_series
from ranvier.data.series.planning import plan_windows
from ranvier.data.series.regular import regular
from ranvier.data.series.windows import Windows
from ranvier.errors import DataError


def read_series(
    source: Any,
    *,
    target: str | Sequence[str] | None = None,
    time: str | None = None,
    series: str | None = None,
    known: str | Sequence[str] | None = None,
    static: str | Sequence[str] | None = None,
    horizon: int | None = None,
    context: int | None = None,
    season: int | None = None,
    test_fraction: float = 0.2,
    validation_fraction: float | None = None,
) -> Dataset:
    """Read series, bring them to their regular step, and cut them into windows to forecast.

    Rows may come in any order; times that repeat are averaged, gaps are filled for what is seen
    and left out of what is forecast; `.notes` says all that was done.

    Args:
        source: a path that `ranvier.read` takes; a pandas, polars or pyarrow frame; a series; or
            an array, (steps,) or (steps, series).
        target: the column to continue; several are several series. None: the one column of
            numbers.
        time: the column that orders the rows: dates, or whole numbers. None: the one with dates.
        series: the column that tells several series apart, one below the other.
        known: columns whose values are known ahead, such as holidays: numbers or categories.
        static: columns with one value for each series.
        horizon: steps to forecast; None: one season.
        context: steps to look back on; None: two seasons, or two horizons.
        season: steps after which the series repeats; None: by the frequency, 12 for months.
        test_fraction: share of the steps, at the end, that the held-out windows forecast (a few
            horizons where the series is long enough); 0 holds nothing out.
        validation_fraction: share of the steps before them that validate; None: 0.15.

    Returns:
        A Dataset whose inputs are windows and whose target is float64 (N, horizon), NaN where
        nothing was observed. `.test` is the rolling backtest: each step that a horizon can
        begin at.

    Raises:
        DataError: there are no dates, no regular step, or too few rows.
        TargetError: it is not clear which column is to be continued, or it holds no numbers.

    Example:
        >>> import numpy as np, ranvier as rv
        >>> waves = np.sin(np.arange(120) * 2 * np.pi / 12)
        >>> series = rv.read_series(waves, season=12, horizon=6)
        >>> len(series.train), len(series.test), series.target.shape
        (62, 19, (81, 6))
    """
    if isinstance(source, Dataset):
        if not isinstance(source.inputs, Windows):
            raise DataError("This Dataset holds no series: pass the frame or file it came from.")
        return source
    for label, share in (("test_fraction", test_fraction),
                         ("validation_fraction", validation_fraction)):  # fmt: skip
        if share is not None and not 0 <= share < 1:
            raise DataError(f"{label} must lie in [0, 1), not {share!r}: 0.2 is usual.")
    columns = SeriesColumns(
        names_of(target, "target"), time, series, names_of(known, "known"),
        names_of(static, "static"), horizon, context, season,
    )  # fmt: skip
    return as_windows(
        source, columns, test_fraction, 0.15 if validation_fraction is None else validation_fraction
    )


def as_windows(source: Any, columns: SeriesColumns, test: float, validation: float) -> Dataset:
    """What `read_series` does with checked arguments."""
    frame, name, found = open_series(source, columns.target)
    if found and columns.time is None and found in frame.columns:
        columns = replace(columns, time=found)
    columns, notes = columns.found_in(frame, name)
    table, more = regular(frame, columns, name)
    plan = plan_windows(table, columns, test, validation, name)
    table = table.scaled(plan.borders)
    origins = np.concatenate([plan.train, plan.valid, plan.test]).astype(np.int64)
    order = np.argsort(origins, kind="stable")
    windows = Windows(table, origins[order], plan.context, plan.horizon)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    trains, valids = len(plan.train), len(plan.valid)
    if plan.lone:
        more += (f"series too short to forecast {plan.horizon:,} steps: {plan.lone:,}, not used",)
    return Dataset(
        windows,
        windows.future(),
        (table.target,),
        name,
        test_rows=np.sort(ranks[trains + valids :]) if len(plan.test) else None,
        valid_rows=np.sort(ranks[trains : trains + valids]) if valids else None,
        notes=(*notes, *more),
    )
