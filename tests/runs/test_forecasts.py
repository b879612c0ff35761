"""Series on the command line: trained, tested on their past, forecast and reported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from ranvier.cli.rendering import scores as rendered
from ranvier.errors import TargetError
from ranvier.runs import series
from ranvier.runs.evaluation import evaluate
from ranvier.runs.prediction import predict
from ranvier.runs.reporting import report
from ranvier.runs.request import Request
from ranvier.runs.scores import Rated, Scores
from ranvier.runs.training import Result, train

QUICK = {"epochs": 2, "units": (4,), "horizon": 6}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    steps = np.arange(96)
    values = steps + 12 * np.sin(steps * np.pi / 6) + np.random.default_rng(0).normal(size=96)
    months = pd.date_range("2015-01-01", periods=96, freq="MS")
    path = tmp_path_factory.mktemp("series") / "visitors.csv"
    pd.DataFrame({"month": months, "visitors": values}).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def run(file: Path) -> Result:
    """Two epochs, asked for by what only forecasting has."""
    return train(Request(source=str(file), settings=QUICK, out=str(file.parent / "run")))


def test_three_baselines_stand_beside_the_score(run: Result) -> None:
    scores = run.scores
    assert scores is not None
    assert (run.family, run.task, scores.rows) == ("rnn", "forecasting", 19 - 6 + 1)
    assert [rated.words for rated in scores.baselines] == [
        "the newest value (naive)",
        "a season before (seasonal naive)",
        "the best linear one (NLinear)",
    ]
    assert (scores.headline, scores.lower) == ("mase", True)
    assert scores.best.words == "the best linear one (NLinear)"
    plain = json.loads(json.dumps(run.plain()["test"], allow_nan=False))
    assert plain["baseline"]["prediction"] == scores.best.words
    assert Scores.from_plain(plain) == scores


def test_a_baseline_that_wins_is_the_first_line(run: Result) -> None:
    scores = run.scores
    assert scores is not None
    worse = {**scores.model, "mase": 9.0}
    lost = replace(scores, model=worse)
    assert not lost.beaten
    first = rendered(lost, "rows never seen").plain.splitlines()[0]
    assert first.startswith("a simple baseline is at least as good: the best linear one (NLinear)")
    won = replace(scores, baselines=(Rated("far off", {"mase": 99.0}),))
    assert won.beaten
    table = rendered(won, "rows never seen").plain
    assert "–" in table  # a baseline without an interval covers nothing


def test_the_forecast_follows_the_end_of_the_file(run: Result, file: Path) -> None:
    frame = predict(run.folder, str(file))
    assert frame.columns == ["month", "forecast", "low", "high"]
    assert [str(day) for day in frame["month"]][::5] == ["2023-01-01", "2023-06-01"]
    with pytest.raises(TargetError, match="--proba needs a model of classes"):
        predict(run.folder, str(file), proba=True)


def test_a_saved_model_is_tested_on_all_of_a_file(run: Result, file: Path) -> None:
    scores, notes = evaluate(run.folder, str(file))
    assert scores.rows == 96 - scores_context(run) - 6 + 1
    assert any("is what this model was trained on" in note for note in notes)


def scores_context(run: Result) -> int:
    config = json.loads((run.folder / "config.json").read_text())
    assert config["given"]["horizon"] == 6
    return 24


def test_the_report_draws_the_last_windows(run: Result) -> None:
    assert run.report is not None
    text = run.report.read_text()
    assert text.count('class="band"') == 3  # windows of six steps that do not overlap
    assert "visitors.csv: predicting visitors" in text
    assert "(NLinear)" in text
    assert "steps ahead" in text
    again, _ = report(run.folder)
    assert again.read_text() == text


def test_a_report_says_first_that_a_baseline_won(run: Result) -> None:
    result = run.folder / "result.json"
    content = json.loads(result.read_text())
    whole = result.read_text()
    content["test"]["metrics"]["mase"] = 9.0
    result.write_text(json.dumps(content))
    try:
        text = report(run.folder, out=run.folder / "lost.html")[0].read_text()
    finally:
        result.write_text(whole)
    assert "This model is no better than a simple baseline. On 14 windows never seen" in text


def test_what_asks_for_a_forecast() -> None:
    assert series.are_meant({"task": "forecasting"})
    assert series.are_meant({"season": 7})
    assert not series.are_meant({"task": "regression", "season": 7})
    assert not series.are_meant({"validation_fraction": 0.1})


def test_names_are_given_with_commas(file: Path) -> None:
    path = file.parent / "with_holidays.parquet"
    frame = pl.read_csv(file, try_parse_dates=True)
    frame = frame.with_columns(
        holiday=pl.col("month").dt.month().is_in([7, 12]), fair=pl.col("month").dt.month() == 5
    )
    frame.write_parquet(path)
    settings = {**QUICK, "known": ("holiday", "fair")}
    request = Request(str(path), ("visitors",), None, None, settings, str(file.parent / "known"),
                      report=False)  # fmt: skip
    assert "--known holiday,fair" in request.command()
    result = train(request)
    assert result.scores is not None
