"""RNN continues series: what it promises, on series small enough to be quick."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError, TargetError
from ranvier.model import conformal, forecast_scoring

QUICK = {"epochs": 2, "units": (4,), "verbose": 0}
STEPS = 120
RNG = np.random.default_rng(0)
TREND = np.arange(STEPS) + 12 * np.sin(np.arange(STEPS) * np.pi / 6) + RNG.normal(size=STEPS)


def monthly(values=TREND, name="sales"):
    return pd.Series(values, pd.date_range("2010-01-01", periods=len(values), freq="MS"), name=name)


def shops(steps=90, ahead=0):
    days = pd.date_range("2023-01-02", periods=steps + ahead).to_list()
    rng = np.random.default_rng(1)
    frames = []
    for number, name in enumerate(("east", "west")):
        busy = rng.integers(0, 2, steps + ahead)
        sales = 10.0 * (number + 1) + 5 * busy + rng.normal(size=steps + ahead) * 0.2
        missing = [*sales[:steps].tolist(), *[None] * ahead]
        frames.append(pl.DataFrame({"day": days, "shop": name, "busy": busy, "sales": missing}))
    return pl.concat(frames)


BY_SHOP = {"series": "shop", "known": ("busy",), "horizon": 5, "context": 14}


@pytest.fixture(scope="module")
def fitted():
    return rv.RNN(**QUICK).fit(monthly())


@pytest.fixture(scope="module")
def of_shops():
    return rv.RNN(**QUICK, **BY_SHOP).fit(shops(), target="sales")


def test_a_trend_is_followed_beyond_all_that_was_seen(fitted):
    ahead = fitted.forecast()
    assert ahead.columns == ["time", "forecast", "low", "high"]
    assert ahead["time"].to_list()[::11] == [datetime.date(2020, 1, 1), datetime.date(2020, 12, 1)]
    truth = np.arange(STEPS, STEPS + 12) + 12 * np.sin(np.arange(12) * np.pi / 6)
    assert np.abs(ahead["forecast"].to_numpy() - truth).max() < 4
    assert ahead["forecast"].max() > TREND.max()
    assert (ahead["low"] < ahead["forecast"]).all()
    assert (ahead["forecast"] < ahead["high"]).all()


def test_further_than_the_horizon_it_rolls_and_grows_unsure(fitted):
    near, far = fitted.forecast(), fitted.forecast(30)
    assert far.height == 30
    assert far["time"].to_list()[-1] == datetime.date(2022, 6, 1)
    assert far.head(12).equals(near)
    widths = (far["high"] - far["low"]).to_numpy()
    assert widths[12:24].mean() > widths[:12].mean()
    assert fitted.forecast(3).equals(near.head(3))


def test_a_saved_model_forecasts_the_same(fitted, of_shops, tmp_path):
    for model, known in ((fitted, None), (of_shops, pl.DataFrame({"busy": [0, 1] * 5}))):
        model.save(tmp_path / "model.ranvier")
        again = rv.load(tmp_path / "model.ranvier")
        assert again.forecast(known=known).equals(model.forecast(known=known))
        assert again.summary() == model.summary()


def test_the_same_seed_gives_the_same_bits(fitted):
    again = rv.RNN(**QUICK).fit(monthly())
    assert again.forecast().equals(fitted.forecast())


def test_other_series_are_continued_too(fitted):
    other = monthly(TREND * 2 + 100)
    ahead = fitted.forecast(source=other)
    assert np.abs(ahead["forecast"].to_numpy() - fitted.forecast()["forecast"] * 2 - 100).max() < 4
    assert np.allclose(fitted.predict(other)[0], ahead["forecast"])


def test_other_series_come_in_any_form(fitted):
    values = TREND + 50
    as_series = fitted.forecast(source=monthly(values, "else"))
    as_frame = fitted.forecast(source=monthly(values).to_frame().reset_index(names="at"))
    assert np.allclose(as_series["forecast"], as_frame["forecast"])
    assert as_frame.columns[0] == "at"
    wide = pd.DataFrame({"a": TREND, "b": TREND * 2}, monthly().index)
    model = rv.RNN(**QUICK, task="forecasting").fit(wide, target=("a", "b"))
    both = model.forecast(source=wide + 10)
    assert both.columns == ["series", "time", "forecast", "low", "high"]
    assert both["series"].unique(maintain_order=True).to_list() == ["a", "b"]


def test_windows_are_predicted_and_scored():
    dataset = rv.read_series(monthly(), horizon=6)
    model = rv.RNN(**QUICK).fit(dataset)
    assert model.task_ == "forecasting"
    assert model.predict(dataset.test).shape == dataset.test.target.shape
    values = model.evaluate(dataset.test)
    assert set(values) == {"mase", "smape", "rmse", "coverage"}
    assert model.score(dataset.test) == 1 - values["mase"]
    table = model.backtest(dataset)
    assert table.height == 4
    assert table["mase"][0] == values["mase"]
    assert table["coverage"].null_count() == 3
    assert table["mase"][0] < table["mase"][2]  # of the seasonal naive forecast


def test_nothing_of_the_test_part_reaches_the_model():
    """Other values after the border change nothing but what is forecast from them."""
    values = TREND.copy()
    values[-36:] = 1000.0
    models = [rv.RNN(**QUICK).fit(rv.read_series(monthly(v), horizon=12)) for v in (TREND, values)]
    for one, other in zip(*(m._outcome.parameters.values() for m in models), strict=True):
        assert np.array_equal(one, other)
    states = [m.preprocessor_ for m in models]
    assert states[0].scale == states[1].scale
    assert np.array_equal(states[0].linear.kernel, states[1].linear.kernel)
    assert np.array_equal(*(m._outcome.variables["stretch"] for m in models))


def test_columns_known_ahead_are_used(of_shops):
    idle, busy = (of_shops.forecast(known=pl.DataFrame({"busy": [flag] * 10})) for flag in (0, 1))
    assert idle.columns == ["shop", "day", "forecast", "low", "high"]
    assert idle["shop"].to_list() == ["east"] * 5 + ["west"] * 5
    assert not np.allclose(idle["forecast"], busy["forecast"])


def test_known_columns_are_matched_by_time_and_series(of_shops):
    table = shops(90, 5).filter(pl.col("sales").is_null()).drop("sales")
    straight = of_shops.forecast(known=table.drop("day", "shop"))
    mixed = of_shops.forecast(known=table.sample(fraction=1.0, shuffle=True, seed=3))
    assert straight.equals(mixed)
    with pytest.raises(DataError, match="tells nothing of 2023-04-06, one of the 5 steps ahead"):
        of_shops.forecast(known=table.filter(pl.col("day").dt.day() != 6))


def test_a_table_may_hold_its_known_future():
    model = rv.RNN(**QUICK, **BY_SHOP).fit(shops(90, 5), target="sales")
    assert model.forecast().height == 10
    with pytest.raises(DataError, match='Forecasting 6 steps needs "busy" for each of them'):
        model.forecast(6)


def test_without_the_known_future_it_says_what_is_missing(of_shops):
    with pytest.raises(DataError, match="the data tell 0: pass known=, a frame with 5 rows for"):
        of_shops.forecast()
    with pytest.raises(DataError, match='has no column "busy", which known= names'):
        of_shops.forecast(known=pl.DataFrame({"bussy": [1] * 10}))


def test_a_constant_series_stays_what_it_is():
    model = rv.RNN(**QUICK, horizon=3, context=6).fit(np.full(60, 42.0))
    assert np.allclose(model.forecast()["forecast"], 42.0, atol=0.1)


def test_a_growing_swing_is_learned_by_logarithms():
    values = np.exp(TREND / 60)
    model = rv.RNN(**QUICK).fit(monthly(values))
    assert any("logarithms of sales" in text for _, text in model.decisions_)
    assert model.forecast(100)["low"].min() > 0


@pytest.mark.parametrize("horizon", [0, -1, 2.5, True])
def test_a_horizon_is_a_whole_number(fitted, horizon):
    with pytest.raises(HyperparameterError, match="horizon must be a whole number of at least 1"):
        fitted.forecast(horizon)


def test_who_was_trained_for_something_else_says_so():
    rows = np.random.default_rng(0).normal(size=(40, 6, 1))
    model = rv.RNN(**QUICK, convolutions=()).fit(rows, np.arange(40) % 2)
    with pytest.raises(DataError, match=r"RNN\.forecast continues series"):
        model.forecast()
    with pytest.raises(TargetError, match="does not forecast series"):
        rv.FCNN(verbose=0).fit(rv.read_series(monthly()))


def test_textbook_is_a_plain_network_on_series_too():
    model = rv.RNN(recipe="textbook", epochs=2, units=(4,), verbose=0).fit(monthly())
    assert model.resolved_["optimizer"] == "adam"
    assert model.forecast().height == 12


def test_half_precision_is_not_for_series():
    model = rv.RNN(**QUICK, precision="bfloat16").fit(monthly())
    assert model.resolved_["precision"] == "float32"
    assert any("small changes are lost in bfloat16" in text for _, text in model.decisions_)


def test_other_recurrent_layers():
    how = {"cell": "gru", "bidirectional": True, "pooling": "mean"}
    model = rv.RNN(**QUICK | how).fit(monthly())
    assert model.forecast()["forecast"].is_finite().all()
    assert "GRU cells, both ways" in model.summary()


def test_the_metrics_are_what_their_definitions_say():
    windows = rv.read_series(np.arange(40.0) % 4, horizon=2, context=4, season=4,
                             test_fraction=0).inputs[:3]  # fmt: skip
    truth = np.array([[1.0, 2.0], [4.0, np.nan], [0.0, 0.0]])
    forecast = np.array([[2.0, 2.0], [2.0, 9.0], [0.0, 0.0]])
    ends = (forecast - 1.0, forecast + 1.0)
    found = forecast_scoring.measure(windows, truth, forecast, ends)
    scale = windows.scales[0]
    assert found["mase"] == pytest.approx(3 / 5 / scale)
    assert found["rmse"] == pytest.approx(np.sqrt(5 / 5))
    assert found["smape"] == pytest.approx((200 / 3 + 400 / 6) / 5)
    assert found["coverage"] == pytest.approx(4 / 5)


def test_simple_forecasts():
    windows = rv.read_series(np.arange(40.0) % 4, horizon=6, context=4, season=4,
                             test_fraction=0).inputs[:1]  # fmt: skip
    assert forecast_scoring.naive(windows).tolist() == [[3.0] * 6]
    assert forecast_scoring.seasonal_naive(windows).tolist() == [[0, 1, 2, 3, 0, 1]]


def test_intervals_are_stretched_until_they_hold():
    rng = np.random.default_rng(0)
    target = rng.normal(size=(4000, 3)) * np.array([[1.0, 2.0, 4.0]])
    logits = np.zeros((4000, 3, 3))
    logits[:, 0], logits[:, 2] = -1.0, 1.0
    found = conformal.factors([conformal.ratios(logits, target)], 0.8)
    assert np.allclose(found, 1.2816 * np.array([1, 2, 4]), rtol=0.06)


def test_a_source_of_few_ratios_counts_as_much_as_one_of_many():
    few, many = np.full((5, 1), 3.0), np.full((500, 1), 1.0)
    assert conformal.factors([few, many], 0.4)[0] == 1.0
    assert conformal.factors([few, many], 0.8)[0] == 3.0


def test_a_network_that_errs_less_needs_narrower_intervals():
    target = np.array([[1.0, 2.0], [3.0, np.nan]])
    logits = np.stack([target - 9, target + 0.5, target + 9], axis=1)
    assert conformal.advantage(logits, target + 2.0, target) == pytest.approx(0.25)
    assert conformal.advantage(logits, target + 0.1, target) == 1.0
