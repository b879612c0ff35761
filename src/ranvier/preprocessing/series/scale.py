"""How values are measured before a network sees them: a power, then a centre and a scale.

The rule of the power (after Guerrero 1993, "Time-series analysis supported by power
transformations"): where all values are positive and the level changes by more than a half, the
spread of each season is compared with its level. If the spread grows as level^b, the values to
the power 1 - b have a steady spread: b above 3/4 asks for logarithms, b above 1/4 for square
roots, and below that the values are taken as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.series import Windows

Array = np.ndarray[Any, Any]

POWERS = {0.0: "logarithms", 0.5: "square roots", 1.0: "values as they are"}
FEWEST_BLOCKS = 5  # seasons, to compare their spreads
SHORTEST_BLOCK = 4  # steps
CHANGES = 1.5  # highest level over the lowest: below it, the power does not matter
ALIKE = 0.5  # lowest value over the highest: above it, float32 wants the mean taken away


@dataclass(frozen=True)
class Scale:
    """See the module.

    Attributes:
        power: 1, 0.5, or 0 for logarithms.
        center, scale: of the powers.
    """

    power: float = 1.0
    center: float = 0.0
    scale: float = 1.0

    @classmethod
    def of(cls, windows: Windows) -> Scale:
        """Learned from the rows that these windows see or forecast."""
        parts = seen_parts(windows)
        values = np.concatenate(parts)
        power = _power(parts, windows.table.season)
        raised = cls(power).forward(values)
        low, high = float(np.abs(raised).min()), float(np.abs(raised).max())
        same_side = bool((raised > 0).all() or (raised < 0).all())
        center = float(raised.mean()) if same_side and low > ALIKE * high else 0.0
        spread = float(np.sqrt(np.mean(np.square(raised - center))))
        return cls(power, center, spread if spread > 0 else max(1.0, abs(center)))

    def forward(self, values: Array) -> Array:
        """Float64, as the network's numbers; NaN stays, and what has no power becomes the least."""
        if self.power == 1.0:
            raised = values
        else:
            positive = np.maximum(values, np.finfo(np.float64).tiny ** 0.1)
            raised = np.log(positive) if self.power == 0.0 else np.sqrt(positive)
        result: Array = (raised - self.center) / self.scale
        return result

    def backward(self, numbers: Array) -> Array:
        """Float64 values again."""
        raised = numbers.astype(np.float64) * self.scale + self.center
        if self.power == 0.0:
            return np.exp(np.minimum(raised, 700.0))
        return np.square(np.maximum(raised, 0.0)) if self.power == 0.5 else raised

    @property
    def words(self) -> str:
        """What the power is."""
        return POWERS[self.power]


def reached(windows: Windows) -> list[tuple[int, int]]:
    """The steps of each series that the windows reach: its first, and behind the last forecast.

    What comes later is not looked at.
    """
    table, reach, series = windows.table, windows.origins + windows.horizon, windows.series
    return [
        (
            int(table.starts[number]),
            min(int(reach[series == number].max()), int(table.ends[number])),
        )
        for number in np.unique(series)
    ]


def seen_parts(windows: Windows) -> list[Array]:
    """The observed values of each series that the windows reach, float64 each."""
    table = windows.table
    parts = [
        table.values[start:stop][table.observed[start:stop]] for start, stop in reached(windows)
    ]
    return [part for part in parts if len(part)]


def _power(parts: list[Array], season: int) -> float:
    if min(float(part.min()) for part in parts) <= 0:
        return 1.0
    size = max(season, SHORTEST_BLOCK)
    slopes = []
    for part in parts:
        count = len(part) // size
        if count < FEWEST_BLOCKS:
            continue
        blocks = part[len(part) - count * size :].reshape(count, size)
        levels, spreads = blocks.mean(axis=1), blocks.std(axis=1)
        if levels.max() < CHANGES * levels.min() or not (spreads > 0).all():
            continue
        level = np.log(levels) - np.log(levels).mean()
        slopes.append(float(level @ np.log(spreads) / (level @ level)))
    if not slopes:
        return 1.0
    slope = float(np.median(slopes))
    return 0.0 if slope > 0.75 else 0.5 if slope > 0.25 else 1.0
