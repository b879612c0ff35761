"""What a network is given of windows, and the state that is saved of it."""

import copy

import numpy as np
import pandas as pd
import polars as pl
import pytest

from ranvier.data.series import read_series
from ranvier.errors import ArtifactError, DataError, TargetError
from ranvier.preprocessing.series import SeriesCoder, WindowPreprocessor

STEPS = 80


def shops(*names):
    rng = np.random.default_rng(0)
    frames = [
        pl.DataFrame(
            {
                "day": pd.date_range("2023-01-02", periods=STEPS).to_list(),
                "shop": name,
                "sales": 20 + 10 * number + rng.normal(size=STEPS),
                "heat": rng.normal(size=STEPS) * 5,
                "open": np.arange(STEPS) % 7 < 6,
                "kind": ["big", "small"][number % 2],
            }
        )
        for number, name in enumerate(names)
    ]
    return read_series(
        pl.concat(frames), target="sales", series="shop", known=["heat", "open"], static="kind",
        horizon=4, context=14,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data():
    return shops("a", "b", "c")


@pytest.fixture(scope="module")
def fitted(data):
    return WindowPreprocessor.fit(data.train.inputs)


def test_each_window_has_what_its_steps_have(data, fitted):
    windows = data.test.inputs
    inputs = {name: np.asarray(value) for name, value in fitted.transform(windows).items()}
    assert inputs["past"].shape == (len(windows), 14)
    assert inputs["linear"].shape == (len(windows), 4)
    assert inputs["calendar"].shape == (len(windows), 18, 7)
    assert inputs["known_numeric"].shape[:2] == (len(windows), 18)
    assert inputs["static_categories"].shape[0] == len(windows)
    place, table = int(windows.origins[5]), windows.table
    numbers = fitted.scale.forward(table.values[place - 14 : place])
    assert np.allclose(inputs["past"][5], numbers, atol=1e-6)
    weekday = inputs["calendar"][5].argmax(axis=1)
    assert weekday.tolist() == [(weekday[0] + n) % 7 for n in range(18)]
    heat = table.known["heat"].to_numpy()[place - 14 : place + 4]
    column = inputs["known_numeric"][5]
    assert max(abs(np.corrcoef(column[:, n], heat)[0, 1]) for n in range(column.shape[1])) > 0.99


def test_a_series_that_was_never_seen_has_no_code(data, fitted):
    codes = fitted.transform(shops("c", "z").inputs)["static_categories"][:, 0]
    assert sorted(set(codes.tolist())) == [0, 3]


def test_windows_of_another_size_or_step_are_refused(data, fitted):
    other = read_series(np.arange(80.0), horizon=4, context=14, test_fraction=0)
    with pytest.raises(DataError, match="must be daily, as in training"):
        fitted.transform(other.inputs)
    frame = pd.Series(np.arange(80.0), pd.date_range("2020-01-01", periods=80))
    with pytest.raises(DataError, match="Windows must be of 14 steps and 4 ahead"):
        fitted.transform(read_series(frame, horizon=3, context=14).inputs)


def test_the_state_comes_back(data, fitted):
    plain, tensors = fitted.to_state()
    again = WindowPreprocessor.from_state(plain, tensors)
    assert again.spec == fitted.spec
    assert again.decisions == fitted.decisions
    windows = data.test.inputs[:3]
    for name, value in fitted.transform(windows).items():
        assert np.array_equal(np.asarray(value), np.asarray(again.transform(windows)[name])), name
    assert np.array_equal(again.tail.values, fitted.tail.values)
    assert again.tail.known.equals(fitted.tail.known.cast({"heat": pl.Float64}))


def damaged(plain, tensors, where, value):
    plain, tensors = copy.deepcopy(plain), dict(tensors)
    place = tensors if where[0] in tensors else plain
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = value
    return plain, tensors


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("context",), 13),
        (("horizon",), "4"),
        (("scale",), [2.0, 0.0, 1.0]),
        (("calendar",), ["moon"]),
        (("frequency",), {"unit": "time"}),
        (("names",), ["a"]),
        (("known",), None),
        (("tail", "static"), None),
        (("linear.kernel",), np.full((14, 4), np.nan)),
        (("tail.starts",), np.array([0, 1, 2, 3])),
        (("tail.values",), np.zeros(3)),
        (("tail.scales",), np.zeros(3)),
    ],
)
def test_a_damaged_state_is_refused(fitted, where, value):
    plain, tensors = damaged(*fitted.to_state(), where, value)
    with pytest.raises(ArtifactError):
        WindowPreprocessor.from_state(plain, tensors)


def test_the_steps_ahead_are_numbers_and_back(data):
    coder = SeriesCoder.fit(data.train.inputs)
    numbers = coder.encode(data.target)
    logits = np.concatenate([numbers - 1, numbers, numbers + 1], axis=1)
    assert np.allclose(coder.labels(logits), data.target, rtol=1e-5)
    low, middle, high = np.moveaxis(coder.quantiles(logits), 1, 0)
    assert (low < middle).all()
    assert (middle < high).all()
    assert SeriesCoder.from_state(coder.to_state()).scale == coder.scale
    with pytest.raises(TargetError, match="must have 4 steps ahead"):
        coder.encode(data.target[:, :2])
    with pytest.raises(ArtifactError):
        SeriesCoder.from_state({**coder.to_state(), "scale": [1.0, 0.0, -1.0]})
