"""From times to the regular step between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ranvier.data.series.frequency import DAY, HOUR, LAST, MINUTE, SECOND, Frequency
from ranvier.data.series.times import begin
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]

NEAR = 0.1  # of a step: times that lie so near to the grid are on it
ASTRAY = 0.05  # share of the times that may lie off it
SPARSEST = 20  # steps for each row: beyond, no grid is meant
ENOUGH = 10  # days of which none is at a weekend


def infer(groups: Sequence[Array], name: str, column: str) -> tuple[Frequency, int]:
    """The step of several series, and how many of their times lie off its grid.

    The most frequent distance between neighbours is the step, calendar months where the days of
    the month agree; if too many times lie off that grid, the distances' greatest common divisor.

    Args:
        groups: of each series its distinct times in order, datetime64[us] or int64.
        name: of the source, for messages.
        column: of the times.

    Raises:
        DataError: there are too few times, or they have no regular step.
    """
    whole = np.unique(np.concatenate(list(groups)))
    gaps = np.concatenate([np.diff(group.astype(np.int64)) for group in groups])
    if not len(gaps):
        raise DataError(
            f'{begin(name)} needs at least two different times in "{column}" to tell the step '
            f"between them; got {len(whole)}; give more rows of each series."
        )
    distances, often = np.unique(gaps, return_counts=True)
    usual = int(distances[np.argmax(often)])
    for found in _candidates(whole, distances, usual):
        astray = int((~_on_grid(whole, found)).sum())
        counts = found.counts(whole)
        sparse = int(counts[-1] - counts[0]) > SPARSEST * len(whole) + 1000
        if astray <= ASTRAY * len(whole) and not sparse:
            return found, astray
    low, high = (_spoken(int(d), whole) for d in (distances[0], distances[-1]))
    raise DataError(
        f'The times in "{column}" of {name} have no regular step: neighbours lie {low} to {high} '
        "apart; bring them to one step first, such as the mean of each day."
    )


def _candidates(whole: Array, distances: Array, usual: int) -> list[Frequency]:
    if whole.dtype.kind != "M":
        common = int(np.gcd.reduce(distances))
        return [Frequency("count", size, int(whole[0]) % size) for size in (usual, common)]
    found = []
    days = whole.astype("datetime64[D]")
    months = whole.astype("datetime64[M]")
    calendar = _calendar(whole, days, months) if usual > 27 * DAY else None
    if calendar is not None:
        found.append(calendar)
    weekday = (days.astype(np.int64) + 3) % 7  # Monday is 0
    clock = (whole - days.astype("datetime64[us]")).astype(np.int64)
    if usual == DAY and len(whole) >= ENOUGH and (weekday < 5).all():
        found.append(Frequency("business", 1, clock=int(clock[0])))
    for size in (usual, int(np.gcd.reduce(distances))):
        found.append(Frequency("time", size, int(whole[0].astype(np.int64)) % size))
    rounded = round(usual / _unit(usual)) * _unit(usual)  # clocks that drift by a few seconds
    found.append(Frequency("time", rounded, int(whole[0].astype(np.int64)) % rounded))
    if usual > 27 * DAY and len(np.unique(months)) == len(whole):
        found.append(_every(months, day=1, clock=0))
    return found


def _unit(size: int) -> int:
    return next((unit for unit in (DAY, HOUR, MINUTE, SECOND) if size > 10 * unit), 1)


def _calendar(whole: Array, days: Array, months: Array) -> Frequency | None:
    """Months, where the times lie at the same day of theirs, or at the last."""
    if len(np.unique(months)) < len(whole):
        return None
    clock = (whole - days.astype("datetime64[us]")).astype(np.int64)
    of_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    longest = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    if (clock != clock[0]).any():
        return None
    if (of_month == longest).all():
        return _every(months, LAST, int(clock[0]))
    wanted = int(of_month.max())
    if (of_month == np.minimum(wanted, longest)).all():
        return _every(months, wanted, int(clock[0]))
    return None


def _every(months: Array, day: int, clock: int) -> Frequency:
    numbers = months.astype(np.int64)
    sizes, often = np.unique(np.diff(numbers), return_counts=True)
    size = int(sizes[np.argmax(often)])
    if (sizes % size).any():
        size = int(np.gcd.reduce(sizes))
    return Frequency("month", size, int(numbers[0]) % size, day, clock)


def _on_grid(whole: Array, frequency: Frequency) -> Array:
    counts = frequency.counts(whole)
    times = frequency.times(counts)
    if frequency.unit == "month":
        same: Array = times.astype("datetime64[M]") == whole.astype("datetime64[M]")
        return same & (np.diff(counts, prepend=counts[0] - 1) > 0)
    off = np.abs(whole.astype(np.int64) - times.astype(np.int64))
    near: Array = off <= (NEAR * frequency.size if frequency.unit == "time" else 0)
    return near


def _spoken(distance: int, whole: Array) -> str:
    if whole.dtype.kind != "M":
        return f"{distance:,}"
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")):
        if distance >= unit:
            number = distance / unit
            return f"{number:,.3g} {name}{'' if number == 1 else 's'}"
    return f"{distance / SECOND:g} seconds"
