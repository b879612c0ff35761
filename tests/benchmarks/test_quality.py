"""The quality benchmark: what can be checked without a network and without any peer installed."""

from __future__ import annotations

import importlib.util
import json
import sys
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import log_loss

from benchmarks.environments import ROOT
from benchmarks.quality import __main__ as command
from benchmarks.quality import datasets, metrics, results, running, splits, tables
from benchmarks.quality.comparing import compare
from benchmarks.quality.peers import fcnn, protocol
from benchmarks.quality.peers.roster import PEERS, ROSTER, Entry


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "FOLDER", tmp_path / "data")
    monkeypatch.setattr(results, "PATH", tmp_path / "quality.jsonl")
    return tmp_path


@pytest.mark.parametrize("peer", ROSTER, ids=lambda peer: peer.name)
def test_every_competitor_has_a_program_and_requirements(peer):
    assert importlib.util.find_spec(f"benchmarks.quality.peers.{peer.module}") is not None
    assert (ROOT / "benchmarks" / "requirements" / f"{peer.environment}.txt").exists()


@pytest.mark.parametrize("name", ["digits", "wine", "breast_cancer", "diabetes"])
def test_a_table_is_the_same_from_the_cache_and_its_split_each_time(name):
    fresh, cached = datasets.load(name), datasets.load(name)
    assert fresh.frame.equals(cached.frame)
    train, test = splits.split(fresh, 3)
    assert sorted([*train, *test]) == list(range(len(fresh.frame)))
    assert np.array_equal(test, splits.split(cached, 3)[1])
    assert not np.array_equal(test, splits.split(cached, 4)[1])
    kept = json.loads(splits.prepare(name).read_text())
    assert kept["splits"]["3"] == {"train": train.tolist(), "test": test.tolist()}


def test_every_class_has_its_share_of_the_test_rows():
    table = datasets.load("wine")
    labels = table.frame["cultivar"].to_numpy()
    _, test = splits.split(table, 0)
    for label in np.unique(labels):
        share = np.sum(labels[test] == label) / np.sum(labels == label)
        assert share == pytest.approx(0.2, abs=0.02)


def test_test_rows_that_a_set_brings_are_kept_and_the_training_rows_drawn():
    frame = pl.DataFrame({"x": range(100), "y": ["a", "b"] * 50})
    table = datasets.Table("given", frame, "y", "classification", "", given=20, train=10)
    (train, test), (other, same) = splits.split(table, 0), splits.split(table, 1)
    assert test.tolist() == same.tolist() == list(range(80, 100))
    assert len(train) == 10
    assert max(train) < 80
    assert np.sum(train % 2) == 5
    assert train.tolist() != other.tolist()


def test_metrics_by_hand():
    classes = np.array(["a", "b"])
    chances = np.array([[0.9, 0.1], [0.6, 0.4], [0.0, 1.0]])
    truth = np.array(["a", "b", "b"])
    scores = metrics.of_classes(truth, chances, classes)
    assert scores["accuracy"] == pytest.approx(2 / 3)
    assert scores["log_loss"] == pytest.approx(log_loss(truth, chances))
    scores = metrics.of_numbers(np.array([1, 2, 3]), np.array([[1.0], [2.0], [5.0]]))
    assert scores == pytest.approx({"rmse": np.sqrt(4 / 3), "mae": 2 / 3, "r2": -1.0})


def _results(**peers):
    return {
        ("diabetes", peer, seed): {"metrics": {"rmse": value, "mae": value, "r2": 1 / value}}
        for peer, values in peers.items()
        for seed, value in enumerate(values)
    }


def test_differences_are_paired_by_seed():
    # The splits differ by far more than the competitors; each split says the same of the two.
    known = _results(ranvier=[10, 20, 30], mlp=[11, 21.5, 31], boosting=[9, 21, 30.5])
    won = compare(known, "diabetes", "mlp", "rmse")
    assert (won.verdict, won.seeds) == ("win", 3)
    assert won.difference == pytest.approx(3.5 / 3)
    assert compare(known, "diabetes", "mlp", "r2").verdict == "win"
    tie = compare(known, "diabetes", "boosting", "rmse")
    assert tie.verdict == "tie"
    assert abs(tie.difference) <= tie.error
    known = _results(ranvier=[10, 20, 30], realmlp=[9, 19.5, 29.2], lightgbm=[9])
    assert compare(known, "diabetes", "realmlp", "rmse").verdict == "loss"
    assert compare(known, "diabetes", "lightgbm", "rmse").verdict == "undecided"
    assert compare(known, "diabetes", "mlp", "rmse").seeds == 0


def test_the_page_says_scores_verdicts_and_how_many_seeds():
    known = _results(ranvier=[50, 51, 52], mlp=[55, 56.5, 57], lightgbm=[40])
    machine = {"processor": "abacus", "cores": 1, "memory_gib": 1}
    for result in known.values():
        result |= {
            "fit_cpu_seconds": 2,
            "fit_seconds": 3,
            "versions": {"x": "1"},
        }
        result |= {"threads": 1, "machine": machine, "others": 0.02}
    known["diabetes", "lightgbm", 0]["others"] = 0.5
    page = tables.page(known)
    assert "- RMSE, beside scikit-learn MLP: better on 1 (diabetes), of 1." in page
    assert "| diabetes | RMSE | win 5.1667 ± 0.1667 (3) | – | -10.00 (1) | – |" in page
    assert "| Ranvier `FCNN` | 51.00 ± 1.0000 |" in page
    assert "| 3 | 2 | 3 |" in page
    assert "| 1 | 2 | – |" in page  # a busy machine's clock says nothing
    assert "abacus, 1 cores" in page
    assert "## wine" not in page


def test_the_kept_page_is_what_the_kept_results_say(monkeypatch):
    monkeypatch.undo()
    kept, said = tables.PAGE.read_text(), tables.page(results.read())
    assert kept == said, "python -m benchmarks.quality --table writes it again"


def test_a_run_is_kept_and_not_measured_again(monkeypatch):
    monkeypatch.setattr(running, "python_of", lambda environment: sys.executable)
    monkeypatch.setattr(splits, "SEEDS", (0,))
    peer = Entry("tiny", "Tiny", "ranvier", "tiny", "")
    said = {"metrics": {"r2": 0.5}, "fit_seconds": 1, "fit_cpu_seconds": 1}
    script = [sys.executable, "-c", f"print({json.dumps(said)!r})"]
    monkeypatch.setattr(running, "_command", lambda *_: script)

    def measure(**options):
        return list(
            running.measure(["wine"], [peer], [0], **{"again": False, **options}, threads=1)
        )

    assert measure() == ["wine, tiny, seed 0: r2 0.5; 1.0 s (1.0 s processor)"]
    assert measure() == ["wine, tiny, seed 0: already measured"]
    measure(again=True)
    lines = results.PATH.read_text().splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0])["threads"] == 1
    assert list(results.read()) == [("wine", "tiny", 0)]


def test_what_cannot_be_had_is_left_out_with_the_reason(monkeypatch):
    def unreachable(name):
        raise LookupError("no index")

    monkeypatch.setattr(splits, "prepare", unreachable)
    lines = running.measure(["wine"], [PEERS["mlp"]], [0, 1], again=False, threads=0)
    assert list(lines) == [
        "wine, mlp, seed 0: left out: no index",
        "wine, mlp, seed 1: left out",
    ]
    assert not results.PATH.exists()


def test_a_program_answers_with_its_scores(capfd, monkeypatch):
    class Mean(protocol.Peer):
        packages = ("numpy",)
        reads = "polars"

        def fit(self, inputs, target):
            assert "progression" not in inputs.columns
            assert len(inputs) == len(target) == 353
            self.mean = target.mean()

        def predict(self, inputs):
            print("libraries chatter")
            return np.full(len(inputs), self.mean)

    data = splits.prepare("diabetes")
    monkeypatch.setattr(sys, "argv", ["mean", "--data", str(data), "--seed", "0"])
    monkeypatch.setattr(protocol, "_redirect", lambda: sys.stdout)
    protocol.serve(Mean)
    answer = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert answer["metrics"]["r2"] == pytest.approx(0, abs=0.1)
    assert set(answer["versions"]) == {"python", "numpy"}
    assert answer["peak_memory_mib"] > 20


def test_ranvier_competes_with_its_defaults(monkeypatch):
    asked = {}

    class Model:
        classes_ = np.array(["a"])
        history_ = (1, 2)

        def __init__(self, **settings):
            asked.update(settings)

        def fit(self, inputs, target):
            return self

    monkeypatch.setattr(fcnn, "rv", SimpleNamespace(FCNN=Model))
    peer = fcnn.FCNN("regression", 4)
    peer.fit(None, None)
    assert asked == {"task": "regression", "seed": 4, "verbose": 0}
    assert peer.notes() == {"epochs": 2}


def test_an_unknown_name_lists_the_valid_ones(capsys):
    with pytest.raises(SystemExit):
        command.main(["--datasets", "titanic"])
    assert "'titanic' is none of digits, wine, breast_cancer" in capsys.readouterr().err
