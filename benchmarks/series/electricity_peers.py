"""What each library does in `benchmarks.series.electricity`."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.images import turns
from benchmarks.peak import peak_mib

HORIZON, CONTEXT, SEASON = 48, 96, 48
TEST, VALID = 3504, 2102  # steps at the end, and before them
UNITS, WINDOWS, RATE = 64, 32, 2e-3
KNOWN = ("workday", "temperature")


def ranvier(data: str, steps: int, seed: int) -> dict[str, Any]:
    import ranvier as rv

    del steps
    series = rv.read_series(data, target="demand", known=KNOWN, horizon=HORIZON)
    began = time.perf_counter()
    model = rv.RNN(seed=seed, verbose=0).fit(series)
    seconds = time.perf_counter() - began
    assert len(series.test) == TEST - HORIZON + 1
    found = model.evaluate(series.test)
    return {
        "mase": found["mase"],
        "coverage": found["coverage"],
        "seconds": seconds,
        "steps": model._outcome.steps,
        "peak_mib": peak_mib(),
    }


def neuralforecast(data: str, steps: int, seed: int) -> dict[str, Any]:
    import logging

    import pandas as pd
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MQLoss
    from neuralforecast.models import LSTM
    from pytorch_lightning import Callback

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    frame = pd.read_csv(data, parse_dates=["time"])
    frame = frame.rename(columns={"time": "ds", "demand": "y"})
    frame.insert(0, "unique_id", "demand")
    spent = []

    class Clock(Callback):
        """Seconds of training alone."""

        def on_fit_start(self, trainer: Any, module: Any) -> None:
            spent.append(-time.perf_counter())

        def on_fit_end(self, trainer: Any, module: Any) -> None:
            spent.append(time.perf_counter())

    model = LSTM(
        h=HORIZON,
        input_size=CONTEXT,
        encoder_n_layers=1,
        encoder_hidden_size=UNITS,
        decoder_hidden_size=UNITS,
        futr_exog_list=list(KNOWN),
        loss=MQLoss(level=[80]),
        scaler_type="standard",
        learning_rate=RATE,
        max_steps=steps,
        batch_size=1,
        windows_batch_size=WINDOWS,
        val_check_steps=steps // 8,
        early_stop_patience_steps=3,
        random_seed=seed,
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_checkpointing=False,
        callbacks=[Clock()],
    )
    forecaster = NeuralForecast([model], freq="30min")
    found = forecaster.cross_validation(
        frame, n_windows=None, val_size=VALID, test_size=TEST, step_size=1, verbose=0
    )
    columns = [name for name in found.columns if name.startswith("LSTM")]
    low, middle, high = (_column(columns, end) for end in ("lo-80", "median", "hi-80"))
    origins = found["cutoff"].nunique()
    assert origins == TEST - HORIZON + 1
    values = frame["y"].to_numpy()
    before = values[:-TEST]
    scale = np.abs(before[SEASON:] - before[:-SEASON]).mean()
    truth = found["y"].to_numpy()
    return {
        "mase": float(np.abs(found[middle].to_numpy() - truth).mean() / scale),
        "coverage": float(((truth >= found[low]) & (truth <= found[high])).mean()),
        "seconds": sum(spent),
        "steps": int(model.trainer_kwargs.get("max_steps", steps)),
        "peak_mib": peak_mib(),
    }


def _column(names: list[str], end: str) -> str:
    return next(name for name in names if name.endswith(end))


if __name__ == "__main__":
    turns.serve(globals())
