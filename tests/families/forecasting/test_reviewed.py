"""What training must not see, and what a model must remember of its series."""

import datetime

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.data.series import Windows
from ranvier.errors import ArtifactError
from ranvier.model import fitting
from ranvier.preprocessing.series import SeriesCoder, WindowPreprocessor
from ranvier.tasks import TASKS

QUICK = {"units": (4,), "epochs": 1, "verbose": 0}


def shops(days=60):
    """Two shops, a row for each day and shop, with a column known ahead."""
    start = datetime.date(2024, 1, 1)
    dates = [start + datetime.timedelta(days=n) for n in range(days)]
    known = ["x"] * (days - 10) + ["only in the test"] * 10
    return pl.DataFrame({
        "s": ["a"] * days + ["b"] * days,
        "d": dates * 2,
        "k": known + ["x"] * days,
        "y": np.concatenate([np.sin(np.arange(days)) + 5, np.cos(np.arange(days)) + 9]),
    })  # fmt: skip


def test_windows_are_never_divided_by_chance():
    series = rv.read_series(np.sin(np.arange(400.0)), horizon=12, validation_fraction=0.0)
    assert isinstance(series.inputs, Windows)
    train, valid = fitting.split_rows(
        series.train, TASKS["forecasting"], {"validation_fraction": 0.2, "seed": 0}
    )
    assert len(valid) == 0
    assert len(train) == len(series.train)


def test_known_columns_are_learned_from_what_the_training_windows_reach():
    series = rv.read_series(
        shops(), target="y", time="d", series="s", known=("k",), horizon=3, context=7
    )
    fitted = WindowPreprocessor.fit(series.train.inputs)
    assert fitted.known is not None
    assert "only in the test" not in str(fitted.known.to_state()[0])


def test_a_model_of_read_series_reads_other_series_in_the_same_way():
    frame = shops()
    series = rv.read_series(frame, target="y", time="d", series="s", horizon=3, context=7)
    model = rv.RNN(**QUICK).fit(series)
    found = model.forecast(source=frame)
    assert found.columns[:2] == ["s", "d"]
    assert found.height == 6
    assert model.backtest(frame)["mase"].is_not_nan().all()


def test_a_source_with_gaps_is_read_on_the_steps_of_training():
    frame = shops().filter(pl.col("s") == "a").select("d", "y")
    model = rv.RNN(horizon=3, context=7, **QUICK).fit(frame, target="y")
    every_second = frame[::2]
    assert model.forecast(source=every_second)["d"][0] == every_second["d"][
        -1
    ] + datetime.timedelta(1)
    assert model.forecast(source=frame.tail(1)).height == 3


@pytest.mark.parametrize("scale", [[], [1.0], [1.0, 0.0, 0.0], ["x", 0, 1]])
def test_a_damaged_scale_is_refused(scale):
    state = {"task": "forecasting", "horizon": 3, "scale": scale}
    with pytest.raises(ArtifactError, match="damaged"):
        SeriesCoder.from_state(state)
