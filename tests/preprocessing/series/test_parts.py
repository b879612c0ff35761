"""Scales, calendars, the linear forecast, and arrays that are made as they are taken."""

import numpy as np
import pandas as pd
import pytest

from ranvier.data.series import read_series
from ranvier.data.series.frequency import DAY, Frequency
from ranvier.preprocessing.series.calendar import parts_of, places, width
from ranvier.preprocessing.series.gathered import Gathered
from ranvier.preprocessing.series.linear import LinearForecast
from ranvier.preprocessing.series.scale import Scale


def windows(values, **how):
    chosen = {"horizon": 3, "context": 12, "season": 12, "test_fraction": 0} | how
    return read_series(np.asarray(values, float), **chosen).inputs


STEPS = np.arange(120)
WAVE = np.sin(STEPS * np.pi / 6)


@pytest.mark.parametrize(
    ("values", "power"),
    [
        (np.exp(0.03 * STEPS) * (10 + 3 * WAVE), 0.0),  # the swing grows with the level
        ((4 + 0.1 * STEPS + WAVE) ** 2, 0.5),
        (50 + STEPS + 10 * WAVE, 1.0),
        (STEPS - 50 + WAVE, 1.0),  # not all are positive
        (100 + 3 * WAVE * (1 + STEPS / 60), 1.0),  # the level stays
    ],
    ids=["logarithms", "roots", "steady", "negative", "level"],
)
def test_the_power_is_decided_by_how_the_spread_grows(values, power):
    scale = Scale.of(windows(values))
    assert scale.power == power
    assert np.allclose(scale.backward(scale.forward(values)), values)


def test_the_scale_does_not_look_at_what_comes_later():
    values = 50 + 10 * WAVE
    later = np.concatenate([values[:60], values[60:] * 100])
    train = windows(later)[:40]  # they end before the sixtieth step
    assert Scale.of(train) == Scale.of(windows(values)[:40])


def test_large_values_keep_their_digits():
    values = 1e9 + WAVE
    scale = Scale.of(windows(values))
    numbers = scale.forward(values).astype(np.float32)
    assert np.allclose(scale.backward(numbers), values, atol=1e-5, rtol=0)


def test_a_linear_process_is_forecast_exactly():
    values = np.zeros(200)
    values[:2] = 1.0, 2.0
    for step in range(2, 200):
        values[step] = 1.6 * values[step - 1] - 0.98 * values[step - 2] + 3.0
    past = np.stack([values[n : n + 8] for n in range(150)])
    future = np.stack([values[n + 8 : n + 12] for n in range(150)])
    forecast = LinearForecast.fit(past[:100], future[:100])(past[100:])
    assert np.abs(forecast - future[100:]).max() < 0.05 * np.ptp(future)


def test_unknown_steps_do_not_move_the_linear_forecast():
    past = np.random.default_rng(0).normal(size=(60, 6)).cumsum(axis=1)
    future = past[:, -1:] + np.arange(1, 4) * 2.0
    holes = future.copy()
    holes[::5, 1] = np.nan
    whole, some = (LinearForecast.fit(past, y)(past) for y in (future, holes))
    assert np.isfinite(some).all()
    assert np.abs(whole - some).mean() < 0.3


def test_a_constant_series_has_a_constant_forecast():
    past, future = np.full((30, 6), 7.0), np.full((30, 3), 7.0)
    assert np.array_equal(LinearForecast.fit(past, future)(past), future)


def test_the_calendar_says_what_varies_and_what_was_seen():
    hourly, daily = Frequency("time", DAY // 24), Frequency("time", DAY)
    assert parts_of(hourly, 24 * 60) == ("week", "day", "noon")
    assert parts_of(daily, 800) == ("year", "half", "week")
    assert parts_of(daily, 200) == ("week",)  # less than two years: a place says what time does
    assert parts_of(Frequency("month", 1), 144) == ("year", "half")
    assert parts_of(Frequency("month", 12), 50) == ()
    assert parts_of(Frequency("count", 1), 999) == ()


def test_places_turn_once_in_their_time():
    times = pd.date_range("2024-01-01", periods=48, freq="h").to_numpy().astype("M8[us]")
    parts = ("week", "day", "noon")
    rows = places(times, parts)
    assert rows.shape == (48, width(parts))
    assert rows[:24, 0].all()  # it was a Monday
    assert np.allclose(rows[0, 7:], rows[24, 7:])
    assert np.allclose(rows[0, 9:], rows[12, 9:], atol=1e-6)
    assert not np.allclose(rows[0, 7:9], rows[12, 7:9])


def test_what_is_gathered_is_like_an_array():
    numbers = np.arange(20.0).reshape(10, 2)
    lazy = Gathered(lambda rows: numbers[rows], 10, (2,), np.float32)
    assert (lazy.shape, lazy.dtype, lazy.ndim, lazy.nbytes) == ((10, 2), np.float32, 2, 80)
    assert np.array_equal(np.asarray(lazy), numbers)
    assert np.array_equal(lazy[2:4], numbers[2:4])
    assert np.array_equal(lazy[3], numbers[3])
    out = np.empty((2, 2), np.float32)
    assert lazy.take(np.array([5, 1]), out=out) is out
    assert np.array_equal(out, numbers[[5, 1]])
