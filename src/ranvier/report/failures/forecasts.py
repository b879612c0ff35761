"""Forecasts against what came: the last windows, and how the error grows with the distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.series import Windows
from ranvier.preprocessing.series import SeriesCoder
from ranvier.report.failures.worst import WorstRows

Array = np.ndarray[Any, Any]

DRAWN = 4  # windows that are drawn
MOST_SERIES = 4
SHOWN = 2  # horizons of the past in a drawing
MOST_STEPS = 12  # distances in the table
MOST_WORST = 5


@dataclass(frozen=True, eq=False)
class Drawing:
    """One window, as a picture shows it.

    Attributes:
        name: the time of its first step ahead, and the series.
        past: float64 (P,), the newest value last.
        truth, middle, low, high: float64 (horizon,); the truth is NaN where unknown.
    """

    name: str
    past: Array
    truth: Array
    middle: Array
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class ForecastFailures:
    """See the module.

    Attributes:
        target: what is forecast.
        drawings: the last windows that do not overlap, of several series the last of each.
        steps: (step ahead, MASE, share of the truth inside the interval).
        worst: the windows with the largest errors.
        half, most: half of all errors, and nine in ten, are smaller; in the series' unit.
    """

    target: str
    drawings: tuple[Drawing, ...]
    steps: tuple[tuple[int, float, float], ...]
    worst: WorstRows
    half: float
    most: float


def forecast_failures(coder: SeriesCoder, rows: Dataset, logits: Array) -> ForecastFailures:
    """What the page says about forecasts of windows with their truth.

    Args:
        coder: how logits are read.
        rows: N windows.
        logits: float32 (N, units).
    """
    windows, truth = rows.inputs, rows.labels
    assert isinstance(windows, Windows)
    quantiles = coder.quantiles(logits)  # (N, 3, horizon)
    errors = np.abs(truth - quantiles[:, 1])  # (N, horizon), NaN where unknown
    inside = (truth >= quantiles[:, 0]) & (truth <= quantiles[:, 2])
    scaled = errors / windows.scales[:, None]
    there = ~np.isnan(errors)
    means = np.where(there, scaled, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    order = np.argsort(-means, kind="stable")[:MOST_WORST]
    worst = tuple(
        (
            windows.name_of(int(row)),
            f"{means[row]:.3f}",
            f"{int(inside[row].sum()):,} of {int(there[row].sum()):,}",
        )
        for row in order
    )
    known = errors[there]
    return ForecastFailures(
        target=windows.table.target,
        drawings=tuple(_drawing(windows, truth, quantiles, row) for row in _chosen(windows)),
        steps=_steps(scaled, inside),
        worst=WorstRows(("first step ahead", "MASE", "inside the interval"), (), worst, 0),
        half=float(np.quantile(known, 0.5)),
        most=float(np.quantile(known, 0.9)),
    )


def _chosen(windows: Windows) -> list[int]:
    """Numbers of the windows to be drawn, the newest first."""
    series = windows.series
    if len(np.unique(series)) > 1:
        last = [int(np.flatnonzero(series == number)[-1]) for number in np.unique(series)]
        return last[:MOST_SERIES]
    found: list[int] = []
    for row in np.argsort(-windows.origins, kind="stable").tolist():
        if not found or windows.origins[found[-1]] - windows.origins[row] >= windows.horizon:
            found.append(row)
        if len(found) == DRAWN:
            break
    return found


def _drawing(windows: Windows, truth: Array, quantiles: Array, row: int) -> Drawing:
    past = windows.past(np.array([row]))[0][-SHOWN * windows.horizon - 1 :]
    low, middle, high = quantiles[row]
    return Drawing(windows.name_of(row), past, truth[row], middle, low, high)


def _steps(scaled: Array, inside: Array) -> tuple[tuple[int, float, float], ...]:
    horizon = scaled.shape[1]
    count = min(horizon, MOST_STEPS)
    found = []
    for step in np.unique(np.linspace(0, horizon - 1, count).astype(int)).tolist():
        there = ~np.isnan(scaled[:, step])
        if there.any():
            mase = float(scaled[there, step].mean())
            found.append((step + 1, mase, float(inside[there, step].mean())))
    return tuple(found)
