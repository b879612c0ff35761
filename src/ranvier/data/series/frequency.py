"""The regular step of a series: how its times are counted, and which time a count is.

A step is a number of months, of business days, of microseconds, or one unit of a plain count
(years as integers, row numbers). Between a count and a time there is one formula each way, so a
series is its first count and its values: gaps show, and the series can be continued.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SECOND = 1_000_000  # microseconds
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
UNITS = ("month", "business", "time", "count")
LAST = 0  # instead of the day of the month: its last one
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True)
class Frequency:
    """A regular step.

    Attributes:
        unit: one of `UNITS`.
        size: months, business days, microseconds or units of the count in one step.
        phase: where the first count lies: months modulo `size`, microseconds since 1970 modulo
            `size`, or units of the count modulo `size`.
        day: of the month, 1 to 31, or `LAST`.
        clock: microseconds after midnight, for months and business days.

    Example:
        >>> import numpy as np
        >>> monthly = Frequency("month", 1)
        >>> monthly.times(monthly.counts(np.array(["1949-12-01"], "datetime64[us]")) + 1)
        array(['1950-01-01T00:00:00.000000'], dtype='datetime64[us]')
        >>> monthly.season, str(monthly)
        (12, 'monthly')
    """

    unit: str
    size: int
    phase: int = 0
    day: int = 1
    clock: int = 0

    @property
    def dated(self) -> bool:
        """Whether its times are dates, not plain counts."""
        return self.unit != "count"

    def counts(self, times: Array) -> Array:
        """Int64 (N,): the step nearest to each time, datetime64[us] or int64."""
        if self.unit == "count":
            return np.floor_divide(times.astype(np.int64) - self.phase + self.size // 2, self.size)
        if self.unit == "time":
            ticks = times.astype("datetime64[us]").astype(np.int64)
            return np.floor_divide(ticks - self.phase + self.size // 2, self.size)
        days = times.astype("datetime64[D]")
        if self.unit == "month":
            return np.floor_divide(days.astype("datetime64[M]").astype(np.int64), self.size)
        counts: Array = np.busday_count(np.datetime64("1970-01-01"), days).astype(np.int64)
        return counts

    def times(self, counts: Array) -> Array:
        """The times of counts: datetime64[us] (N,), or int64 for plain counts."""
        counts = counts.astype(np.int64)
        if self.unit == "count":
            return counts * self.size + self.phase
        if self.unit == "time":
            return (counts * self.size + self.phase).astype("datetime64[us]")
        clock = np.timedelta64(self.clock, "us")
        if self.unit == "business":
            days: Array = np.busday_offset(np.datetime64("1970-01-01"), counts, roll="forward")
            return np.asarray(days.astype("datetime64[us]") + clock)
        months = (counts * self.size + self.phase).astype("datetime64[M]")
        last = (months + 1).astype("datetime64[D]") - 1
        wanted = months.astype("datetime64[D]") + (self.day - 1)
        chosen = last if self.day == LAST else np.minimum(wanted, last)
        return np.asarray(chosen.astype("datetime64[us]") + clock)

    @property
    def season(self) -> int:
        """Steps after which the year, the week, the day or the hour repeats; 1: none."""
        if self.unit == "count":
            return 1
        if self.unit == "business":
            return 5
        if self.unit == "month":
            return 12 // self.size if 12 % self.size == 0 else 1
        for shortest, whole in ((DAY, 7 * DAY), (10 * MINUTE, DAY), (MINUTE, HOUR)):
            if shortest <= self.size < whole:
                return whole // self.size if whole % self.size == 0 else 1
        if self.size < MINUTE:
            return MINUTE // self.size if MINUTE % self.size == 0 else 1
        return max(1, round(365.25 * DAY / self.size))  # weeks: 52

    def __str__(self) -> str:
        """Such as "monthly", "weekly (Saturdays)" or "every 30 minutes"."""
        if self.unit == "count":
            return "numbered steps" if self.size == 1 else f"steps of {self.size:,}"
        if self.unit == "business":
            return "every business day"
        if self.unit == "month":
            names = {1: "monthly", 3: "quarterly", 12: "yearly"}
            return names.get(self.size, f"every {self.size} months")
        if self.size == 7 * DAY:
            first = (self.phase // DAY + 3) % 7  # 1970-01-01 was a Thursday
            return f"weekly ({WEEKDAYS[first]})"
        for unit, name, one in (
            (DAY, "days", "daily"),
            (HOUR, "hours", "hourly"),
            (MINUTE, "minutes", "every minute"),
            (SECOND, "seconds", "every second"),
        ):
            if self.size % unit == 0:
                return one if self.size == unit else f"every {self.size // unit:,} {name}"
        return f"every {self.size / SECOND:g} seconds"

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"unit": self.unit, "size": self.size, "phase": self.phase, "day": self.day,
                "clock": self.clock}  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> Frequency:
        """What `plain` described.

        Raises:
            KeyError, TypeError, ValueError: it is malformed.
        """
        unit, numbers = plain["unit"], [plain[n] for n in ("size", "phase", "day", "clock")]
        if unit not in UNITS or not all(type(n) is int for n in numbers) or numbers[0] < 1:
            raise ValueError(plain)
        if not 0 <= numbers[2] <= 31 or not 0 <= numbers[3] < DAY:
            raise ValueError(plain)
        return cls(unit, *numbers)
