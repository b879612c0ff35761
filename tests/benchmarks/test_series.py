"""The benchmarks of series: what can be checked without a package index and without a peer."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from benchmarks.environments import ROOT
from benchmarks.series import backtest, data, electricity, electricity_peers
from examples.fetch import NotReachedError


def test_every_peer_has_a_function_and_requirements():
    for peer in electricity.PEERS:
        assert callable(getattr(electricity_peers, peer.name))
        assert (ROOT / "benchmarks" / "requirements" / f"{peer.environment}.txt").exists()


@pytest.mark.parametrize("command", [backtest, electricity], ids=lambda command: command.__name__)
def test_without_an_index_nothing_is_measured(command, monkeypatch, capsys, tmp_path):
    def none(table, folder):
        raise NotReachedError("no index")

    monkeypatch.setattr(data, "FOLDER", tmp_path)
    monkeypatch.setattr(data, "fetch", none)
    assert command.main([]) == 3
    assert "no package index could be reached" in capsys.readouterr().out


def test_what_is_unpacked_is_a_table_with_times():
    raw = io.BytesIO()
    frame = pd.DataFrame({"time": [1949.0, 1949.083333], "value": [112, 118]})
    frame.to_pickle(raw, compression="xz")
    lines = data._airline(raw.getvalue()).decode().splitlines()
    assert lines == ["month,passengers", "1949-01-01,112", "1949-02-01,118"]
    frame = pd.DataFrame({"Demand": [3.9], "WorkDay": [0], "Temperature": [18.2]})
    raw = io.BytesIO()
    frame.to_pickle(raw, compression="xz")
    head = data._electricity(raw.getvalue()).decode().splitlines()[0]
    assert head == "time,demand,workday,temperature"


def test_a_backtest_is_a_row_of_the_table(tmp_path):
    steps = np.arange(72)
    months = pd.date_range("2015-01-01", periods=72, freq="MS")
    values = steps + 10 * np.sin(steps * np.pi / 6)
    pd.DataFrame({"month": months, "visitors": values}).to_csv(tmp_path / "v.csv", index=False)
    run = backtest.measure("airline", tmp_path / "v.csv", 0, epochs=1, units=(2,))
    assert (run["horizon"], run["origins"]) == (12, 3)
    text = backtest.table([run, {**run, "seed": 1}])
    assert "airline: 3 origins, 12 steps | Ranvier, 2 seeds" in text
    assert text.count("\n") == 5
