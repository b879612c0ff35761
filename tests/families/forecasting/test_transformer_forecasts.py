"""The transformer continues series: what it shares with RNN holds for its core, too."""

import numpy as np
import pytest

import ranvier as rv

QUICK = {
    "layers": 1, "width": 8, "heads": 2, "epochs": 3, "verbose": 0, "horizon": 6, "context": 12,
}  # fmt: skip
STEPS = np.arange(120)
SERIES = 10 + 0.05 * STEPS + np.sin(2 * np.pi * STEPS / 12)


@pytest.fixture(scope="module")
def model():
    return rv.Transformer(**QUICK, season=12).fit(SERIES)


def test_a_wave_on_a_trend_is_continued(model):
    found = model.forecast()
    truth = 10 + 0.05 * np.arange(120, 126) + np.sin(2 * np.pi * np.arange(120, 126) / 12)
    np.testing.assert_allclose(found["forecast"].to_numpy(), truth, atol=0.1)
    assert (found["low"] <= found["forecast"]).all()
    assert (found["forecast"] <= found["high"]).all()
    assert model.forecast(15).height == 15
    assert "added to the linear forecast" in model.summary()


def test_training_starts_at_the_linear_forecast_and_a_step_changes_it():
    few = {**QUICK, "epochs": 1, "batch_size": 512, "season": 12, "calibrate": False}
    first = rv.Transformer(**few, learning_rate=1e-9).fit(SERIES).forecast()
    later = rv.Transformer(**few, learning_rate=0.1).fit(SERIES).forecast()
    assert not np.array_equal(first["forecast"].to_numpy(), later["forecast"].to_numpy())


def test_a_backtest_stands_beside_its_baselines(model):
    found = model.backtest(SERIES)
    assert found["forecast"][0] == "this model"
    assert len(found) == 4
    assert found["mase"][0] < found["mase"][2]


def test_the_same_seed_gives_the_same_bits_and_a_saved_model_too(model, tmp_path):
    again = rv.Transformer(**QUICK, season=12).fit(SERIES)
    assert again.forecast().equals(model.forecast())
    model.save(tmp_path / "model.ranvier")
    assert rv.load(tmp_path / "model.ranvier").forecast().equals(model.forecast())


def test_long_windows_are_read_in_patches():
    model = rv.Transformer(**{**QUICK, "context": 90, "epochs": 1}, recipe="textbook").fit(SERIES)
    assert "patches of 2 steps" in dict(model.decisions_)["network"]
    assert model.forecast().height == 6
