"""How good forecasts are.

| metric   | what it is                                                                       |
|----------|----------------------------------------------------------------------------------|
| mase     | mean absolute error over that of the seasonal naive forecast in training: below 1 |
|          | it beats the past's own repetition (Hyndman and Koehler 2006)                     |
| smape    | mean of 200 |error| / (|truth| + |forecast|), in percent                          |
| rmse     | root of the mean square, in the series' unit                                      |
| coverage | share of the true values inside the interval                                      |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ranvier.data.series import Windows
from ranvier.errors import TargetError
from ranvier.preprocessing.series import WindowPreprocessor

Array = np.ndarray[Any, Any]


def measure(
    windows: Windows,
    truth: Array,
    forecast: Array,
    ends: tuple[Array, Array] | None = None,
    weights: Array | None = None,
) -> dict[str, float]:
    """The metrics by name, means over all steps that were observed.

    Args:
        windows: N of them, for the scale of their series.
        truth: float64 (N, horizon), NaN where nothing was observed.
        forecast: float64 (N, horizon).
        ends: of the interval, float64 (N, horizon) each; None without one.
        weights: (N,) how much each window counts; None: all the same.

    Raises:
        TargetError: another number of steps, or no observed step.
    """
    truth = np.asarray(truth, np.float64)
    if truth.shape != forecast.shape:
        raise TargetError(
            f"The target must have the shape of the forecasts, {forecast.shape}; got {truth.shape}."
        )
    there = ~np.isnan(truth)
    if not there.any():
        raise TargetError("None of the steps to be scored was observed: there is no truth.")
    share = np.ones(len(truth)) if weights is None else weights
    heavy = np.where(there, share[:, None], 0.0)
    known = np.where(there, truth, 0.0)
    error = np.where(there, np.abs(forecast - known), 0.0)
    both = np.abs(known) + np.abs(forecast)
    relative = np.where(both > 0, 200.0 * error / np.where(both > 0, both, 1.0), 0.0)
    values = {
        "mase": float(np.average(error / windows.scales[:, None], weights=heavy)),
        "smape": float(np.average(relative, weights=heavy)),
        "rmse": float(np.sqrt(np.average(np.square(error), weights=heavy))),
    }
    if ends is not None:
        inside = (known >= ends[0]) & (known <= ends[1])
        values["coverage"] = float(np.average(inside, weights=heavy))
    return values


def naive(windows: Windows) -> Array:
    """Float64 (N, horizon): the newest value, at every step."""
    return np.repeat(windows.past()[:, -1:], windows.horizon, axis=1)


def seasonal_naive(windows: Windows) -> Array:
    """Float64 (N, horizon): the value a season before each step, repeated where it is further."""
    season = min(windows.table.season, windows.context)
    ahead = np.arange(windows.horizon) % season
    return windows.past()[:, windows.context - season + ahead]


def linear(preprocessor: WindowPreprocessor, windows: Windows) -> Array:
    """Float64 (N, horizon): the best linear forecast of the training windows (NLinear)."""
    scale = preprocessor.scale
    return scale.backward(preprocessor.linear(scale.forward(windows.past())))


# What stands beside every forecast: what it does, and how.
RIVALS: tuple[tuple[str, Callable[[WindowPreprocessor, Windows], Array]], ...] = (
    ("the newest value (naive)", lambda _, windows: naive(windows)),
    ("a season before (seasonal naive)", lambda _, windows: seasonal_naive(windows)),
    ("the best linear one (NLinear)", linear),
)
