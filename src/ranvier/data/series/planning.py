"""Which windows train, which validate and which test: always the past before the future.

    values   train ............... | validate ..... | test ..........
    windows  every step ahead lies in one part alone; a past may reach into the part before

So no window that trains or validates has a value of the test part, neither as something to
forecast nor as something to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.series.columns import SeriesColumns
from ranvier.data.series.table import SeriesTable
from ranvier.data.series.times import begin
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]

PERIODS = 2  # seasons, or horizons, that are seen
SHORTEST = 8  # steps that are seen where there is no season
FEW, OFTEN = 3, 2  # horizons that are to test and to validate
MOST_TESTED = 0.3  # of the steps, for the sake of that
NO_SEASON = 10  # steps ahead
FEWEST = 4  # windows that train
MOST_VALID = 1024  # windows that validate


@dataclass(frozen=True)
class WindowPlan:
    """Windows by what they are for.

    Attributes:
        context, horizon: steps.
        train, valid, test: int64: the table's rows at which windows' steps ahead begin.
        borders: int64 (S,): the row of each series from which on values are test values.
        lone: how many series are too short for a window.
    """

    context: int
    horizon: int
    train: Array
    valid: Array
    test: Array
    borders: Array
    lone: int


def plan_windows(
    table: SeriesTable, columns: SeriesColumns, test: float, validation: float, name: str
) -> WindowPlan:
    """Choose what is not given, and part the windows.

    Args:
        table: the series.
        columns: with horizon and context where they are given.
        test: share of the steps that test; 0: none.
        validation: share of the other steps that validate; 0: none.
        name: of the source, for messages.

    Raises:
        DataError: all series are too short.
    """
    longest = int(table.lengths.max())
    horizon = columns.horizon or _horizon(table.season, longest)
    least = min(columns.context or max(table.season, 2), horizon if horizon > 1 else 2)
    parts = [_parts(int(n), horizon, least, test, validation) for n in table.lengths]
    if not any(train for train, _ in parts):
        tested, most = 1 + (test > 0), " at most" if len(table) > 1 else ""
        raise DataError(
            f"{begin(name)} has {longest:,} steps{most}, and to forecast {horizon:,} at least "
            f"{least + tested * horizon + FEWEST - 1:,} are needed "
            f"({least:,} to look back on, {tested:,} times {horizon:,} ahead, and a few more): "
            "take a smaller horizon, or more rows."
        )
    context = columns.context or _context(table.season, horizon, max(train for train, _ in parts))
    found: dict[str, list[Array]] = {"train": [], "valid": [], "test": []}
    borders = table.ends.copy()
    for number, (train, valid) in enumerate(parts):
        if not train:
            continue
        start, end = int(table.starts[number]), int(table.ends[number])
        seen = min(context, train - horizon - FEWEST + 1)
        stops = (start + train, start + valid, end)
        found["train"].append(np.arange(start + seen, stops[0] - horizon + 1))
        found["valid"].append(np.arange(stops[0], stops[1] - horizon + 1))
        found["test"].append(np.arange(stops[1], stops[2] - horizon + 1))
        borders[number] = stops[1]
    joined = {what: _observed(table, np.concatenate(rows), horizon) for what, rows in found.items()}
    valid_rows = joined["valid"]
    if len(valid_rows) > MOST_VALID:
        valid_rows = valid_rows[np.linspace(0, len(valid_rows) - 1, MOST_VALID).astype(np.int64)]
    lone = sum(not train for train, _ in parts)
    return WindowPlan(context, horizon, joined["train"], valid_rows, joined["test"], borders, lone)


def _parts(steps: int, horizon: int, least: int, test: float, validation: float) -> tuple[int, int]:
    """Where the training steps of one series end, and where the validating ones do; 0: nowhere."""
    needed = least + horizon + FEWEST - 1
    tests = 0
    if test:
        tests = max(round(steps * test), horizon)
        few = FEW * horizon
        if tests < few <= MOST_TESTED * steps:
            tests = few
        tests = max(min(tests, steps - needed), 0)
        if tests < horizon:
            return 0, 0
    rest = steps - tests
    if rest < needed:
        return 0, 0
    if not validation:
        return rest, rest
    room = rest - needed
    wanted = max(round(rest * validation), OFTEN * horizon)
    valids = min(wanted, room) if room >= horizon else 0
    if valids > rest // 3:  # of a short series most is for training
        valids = max(horizon, rest // 3) if room >= max(horizon, rest // 3) else valids
    return rest - valids, rest


def _horizon(season: int, longest: int) -> int:
    """One season; without one, a few steps."""
    return season if season > 1 else max(1, min(NO_SEASON, longest // 10))


def _context(season: int, horizon: int, steps: int) -> int:
    """Two seasons or two horizons, as far as the steps that train leave room for windows."""
    wanted = max(PERIODS * season, PERIODS * horizon, SHORTEST)
    room = steps - horizon - max(2 * horizon, FEWEST)
    return max(min(wanted, room), min(season, steps - horizon - FEWEST + 1), 1)


def _observed(table: SeriesTable, origins: Array, horizon: int) -> Array:
    """Those of which at least one step ahead was observed."""
    totals = np.concatenate([[0], np.cumsum(table.observed)])
    some: Array = totals[origins + horizon] > totals[origins]
    return origins[some]
