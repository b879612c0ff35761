"""The place of a step in the year, the week and the day: known for the past and for the future."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data.series.frequency import DAY, HOUR, Frequency
from ranvier.preprocessing.datetimes import place

Array = np.ndarray[Any, Any]

PARTS = ("year", "half", "week", "day", "noon")
WEEKDAYS = 7
YEARS = 1.5  # that must be seen, or a place in the year could not be told from the time passed


def parts_of(frequency: Frequency, steps: int) -> tuple[str, ...]:
    """Which places say something about series of so many steps."""
    if not frequency.dated:
        return ()
    if frequency.unit == "month":
        yearly = frequency.size < 12 and 12 % frequency.size == 0
        return ("year", "half") if yearly and steps * frequency.size >= 12 * YEARS else ()
    size = DAY if frequency.unit == "business" else frequency.size
    found = ["year", "half"] if steps * size >= 365 * YEARS * DAY and size <= 92 * DAY else []
    if size <= DAY and steps * size >= 2 * WEEKDAYS * DAY:
        found.append("week")
    if size <= 12 * HOUR and frequency.unit == "time" and steps * size >= 2 * DAY:
        found += ["day", "noon"]
    return tuple(found)


def width(parts: tuple[str, ...]) -> int:
    """How many numbers stand for the places."""
    return sum(WEEKDAYS if part == "week" else 2 for part in parts)


def places(times: Array, parts: tuple[str, ...]) -> Array:
    """Float32 (N, width): sine and cosine of each place; one number for each day of the week.

    "half" and "noon" turn twice a year and twice a day.
    """
    columns = []
    for part in parts:
        if part == "week":
            weekday = (times.astype("datetime64[D]").astype(np.int64) + 3) % WEEKDAYS
            columns.append(np.eye(WEEKDAYS, dtype=np.float32)[weekday])
            continue
        once = place(times, {"half": "year", "noon": "day"}.get(part, part))
        if part in ("half", "noon"):
            sine, cosine = once[:, 0], once[:, 1]  # of twice the angle
            once = np.stack([2 * sine * cosine, cosine**2 - sine**2], axis=1)
        columns.append(once)
    if not columns:
        return np.zeros((len(times), 0), np.float32)
    return np.concatenate(columns, axis=1).astype(np.float32)
