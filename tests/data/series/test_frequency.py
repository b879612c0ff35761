"""Steps between times: told from them, counted, and continued."""

import numpy as np
import pandas as pd
import pytest

from ranvier.data.series.frequency import DAY, HOUR, LAST, MINUTE, Frequency
from ranvier.data.series.inferring import infer
from ranvier.errors import DataError

CASES = [
    ("s", 60, Frequency("time", MINUTE // 60), 60, "every second"),
    ("min", 70, Frequency("time", MINUTE), 60, "every minute"),
    ("30min", 70, Frequency("time", 30 * MINUTE), 48, "every 30 minutes"),
    ("h", 70, Frequency("time", HOUR), 24, "hourly"),
    ("D", 70, Frequency("time", DAY), 7, "daily"),
    ("B", 70, Frequency("business", 1), 5, "every business day"),
    ("W-SAT", 70, Frequency("time", 7 * DAY, 2 * DAY), 52, "weekly (Saturdays)"),
    ("MS", 30, Frequency("month", 1), 12, "monthly"),
    ("ME", 30, Frequency("month", 1, day=LAST), 12, "monthly"),
    ("QS", 30, Frequency("month", 3), 4, "quarterly"),
    ("YS", 30, Frequency("month", 12), 1, "yearly"),
]


def days(*texts):
    return np.array(texts, "datetime64[us]")


@pytest.mark.parametrize(("code", "count", "expected", "season", "words"), CASES)
def test_a_step_is_told_and_continued(code, count, expected, season, words):
    times = pd.date_range("2020-01-31", periods=count, freq=code).to_numpy().astype("M8[us]")
    found, astray = infer([times[:-5]], "the file", "when")
    assert (found, astray) == (expected, 0)
    assert (found.season, str(found)) == (season, words)
    counts = found.counts(times)
    assert np.array_equal(np.diff(counts), np.ones(count - 1))
    assert np.array_equal(found.times(counts[-5:]), times[-5:])


def test_gaps_do_not_hide_the_step():
    times = pd.date_range("2021-03-01", periods=200, freq="h").to_numpy().astype("M8[us]")
    kept = np.delete(times, [3, 4, 50, 120, 121, 122])
    found, _ = infer([kept], "the file", "when")
    assert found == Frequency("time", HOUR)


def test_the_fifteenth_of_each_month_stays_the_fifteenth():
    times = days("2020-01-15", "2020-02-15", "2020-03-15", "2020-05-15")
    found, _ = infer([times], "the file", "when")
    assert str(found.times(found.counts(times[-1:]) + 1)[0]).startswith("2020-06-15")


def test_the_thirtieth_is_the_last_of_february():
    times = days("2021-01-30", "2021-02-28", "2021-03-30", "2021-04-30")
    found, _ = infer([times], "the file", "when")
    assert found.day == 30
    assert np.array_equal(found.times(found.counts(times)), times)


def test_every_four_weeks_is_no_month():
    times = np.arange(20) * np.timedelta64(28, "D") + np.datetime64("2020-01-01", "us")
    assert infer([times], "the file", "when")[0] == Frequency("time", 28 * DAY, int(
        times[0].astype(np.int64)) % (28 * DAY))  # fmt: skip


def test_clocks_that_drift_count_for_the_nearest_step():
    times = np.arange(100) * np.timedelta64(3600, "s") + np.datetime64("2020-01-01", "us")
    times[40] += np.timedelta64(50, "s")
    times[41] += np.timedelta64(20 * 60, "s")
    found, astray = infer([times], "the file", "when")
    assert found == Frequency("time", HOUR)
    assert astray == 1  # twenty minutes are too many to be a clock's


def test_counts_of_two():
    found, _ = infer([np.arange(1900, 1960, 2)], "the file", "year")
    assert found == Frequency("count", 2)
    assert found.times(found.counts(np.array([1958])) + 1).tolist() == [1960]


def test_times_without_a_step_are_refused():
    times = np.cumsum(np.random.default_rng(0).integers(1, 10**6, 60)) * np.timedelta64(1, "s")
    with pytest.raises(DataError, match="no regular step: neighbours lie"):
        infer([np.datetime64("2020-01-01", "us") + times], "the file", "when")


def test_one_time_tells_no_step():
    with pytest.raises(DataError, match="at least two different times"):
        infer([days("2020-01-01")], "the file", "when")


def test_a_year_far_away_is_no_reason_for_a_million_steps():
    with pytest.raises(DataError, match="no regular step"):
        infer([days("2020-01-01", "2020-01-02", "2020-01-03", "9999-01-01")], "f", "when")


@pytest.mark.parametrize(
    "damage", [{"unit": "moon"}, {"size": 0}, {"size": 1.5}, {"day": 40}, {"clock": -1}]
)
def test_damaged_plain_data_are_refused(damage):
    whole = Frequency("month", 1).plain()
    assert Frequency.from_plain(whole) == Frequency("month", 1)
    with pytest.raises(ValueError, match=r"unit|size"):
        Frequency.from_plain({**whole, **damage})
