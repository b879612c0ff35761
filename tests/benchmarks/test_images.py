"""The benchmarks of pictures: what can be checked without Fashion-MNIST and without any peer."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from benchmarks.environments import ROOT
from benchmarks.images import (
    data,
    denoising,
    denoising_peers,
    fashion,
    fashion_peers,
    reading,
    turns,
)
from benchmarks.peers import torch_choices

COMMANDS = (reading, fashion, denoising)


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(0, 256, (6, 28, 28), np.uint8)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_peer_has_a_function_and_requirements(command):
    functions = importlib.import_module(f"{command.__name__}_peers")
    for peer in command.PEERS:
        assert callable(getattr(functions, peer.function or peer.name))
        assert (ROOT / "benchmarks" / "requirements" / f"{peer.environment}.txt").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_without_fashion_mnist_the_reason_and_the_way_out_are_said(
    command, monkeypatch, capsys, tmp_path
):
    def none(part):
        raise LookupError("no package")

    monkeypatch.setattr(data, "FOLDER", tmp_path)
    monkeypatch.setattr(data, "fashion", none)
    assert command.main([]) == 3
    assert "no package; try: apt-get install dataset-fashion-mnist" in capsys.readouterr().out


def test_the_written_files_are_the_pictures(pictures, tmp_path):
    data.write(tmp_path, pictures, np.array([0, 9, 0, 1, 2, 3]))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(data.CLASSES)
    read = Image.open(tmp_path / "Ankle-boot" / "00001.png")
    assert (read.mode, read.size) == ("L", (28, 28))
    assert np.array_equal(np.array(read), pictures[1])


def test_peers_take_turns_and_a_failure_is_said(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "python_of", lambda environment: sys.executable)
    path, labels = tmp_path / "tiny.npz", np.zeros(6, np.uint8)
    np.savez(path, X=pictures, y=labels, X_test=pictures, y_test=labels)
    monkeypatch.setattr(data, "arrays", lambda: path)
    wrong = turns.Entry("wrong", "Nobody", "ranvier")
    median, noisy = denoising.PEERS[-2:]
    monkeypatch.setattr(denoising, "PEERS", (replace(median, again=True), noisy, wrong))
    words = ["--repeats", "2", "--rows", "6", "--out", str(tmp_path / "out")]
    assert denoising.main(words) == 0
    report = json.loads((tmp_path / "out.json").read_text())
    runs = {name: len(runs) for name, runs in report["runs"].items()}
    assert runs == {"median": 2, "median+cache": 2, "noisy": 2}
    page = (tmp_path / "out.md").read_text()
    assert "| nothing done |" in page
    assert "| median of 3×3 pixels, second run |" in page
    assert "Nobody is left out: ended with 1: KeyError: 'wrong'" in page


def test_noise_is_measured_in_decibels_and_medians_take_single_pixels_away():
    clean = np.zeros((2, 5, 5, 1), np.float32)
    assert denoising_peers.psnr(clean + 0.1, clean) == pytest.approx(20, abs=1e-4)
    spot = clean.copy()
    spot[0, 2, 2] = spot[1, 0, 4] = 1.0
    assert np.array_equal(denoising_peers.medians(spot)[0], clean[0])
    level = np.full((1, 4, 6, 2), 0.3, np.float32)
    assert np.array_equal(denoising_peers.medians(level), level)


def test_the_first_epoch_at_the_target_counts_and_scoring_is_off_the_clock(monkeypatch):
    now = iter([0.0, 2.0, 10.0, 13.0, 20.0])
    monkeypatch.setattr(fashion_peers.time, "perf_counter", lambda: next(now))
    clock = fashion_peers.Clock()
    right, wrong = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    clock.stop(lambda: wrong, np.array([1]))
    clock.stop(lambda: right, np.array([1]))
    ends = [{"seconds": 2.0, "accuracy": 0.0}, {"seconds": 5.0, "accuracy": 1.0}]
    assert clock.ends == ends
    run = {"ends": ends, "accuracy": 1.0, "seconds": 5.0, "epochs": 2, "peak_mib": 1.0}
    run |= {"whole_seconds": 9.0, "cpu_seconds": 9.0}
    never = run | {"ends": ends[:1], "accuracy": 0.0}
    page = fashion.table({"ranvier": [run], "torch": [run, never]}, {"ranvier": "R", "torch": "T"})
    assert "| R | 1.0000 | 1.0000–1.0000 | 5 | 1.00 | 5 | 2 | 9 | 9 | 1 |" in page
    assert "| T | 0.5000 | 0.0000–1.0000 | 5 | 1.00 | 5 (1 of 2 runs) |" in page


def test_ratios_of_reading_are_taken_within_each_round():
    def run(seconds):
        same = {"cpu_seconds": 1.0, "loss": 0.5, "peak_mib": 9.0, "notes": ""}
        return {"seconds": seconds, "whole_seconds": seconds, **same}

    runs = {"ranvier": [run(1.0), run(3.0), run(3.0)], "torch": [run(5.0), run(15.0)]}
    page = reading.table(runs, {"ranvier": "R", "torch": "T"})
    assert "| T | 10.0 | 5.00 | 10.0 | 5.00 |" in page


def test_pytorch_gets_pictures_channels_first():
    turned = torch_choices.channels_first({"X": np.zeros((2, 5, 4, 3)), "y": np.zeros(2)})
    assert turned["X"].shape == (2, 3, 5, 4)
    assert turned["X"].flags["C_CONTIGUOUS"]
    assert turned["y"].shape == (2,)


def test_ranvier_gets_the_pictures_as_they_are_and_its_defaults(pictures, tmp_path, monkeypatch):
    asked = {}

    class Model:
        history_ = (1, 2)

        def __init__(self, **settings):
            asked.update(settings)

        def fit(self, X, y):
            asked.update(X=X, y=y)
            return self

        def predict(self, X):
            return np.array([3, 3, 0, 0])

    monkeypatch.setitem(sys.modules, "ranvier", SimpleNamespace(CNN=Model))
    labels = np.array([3, 3, 3, 1, 0, 0], np.uint8)
    path = tmp_path / "tiny.npz"
    np.savez(path, X=pictures, y=labels, X_test=pictures[:4], y_test=labels[:4])
    said = fashion_peers.ranvier(str(path), rows=5, epochs=9, seed=4)
    assert np.array_equal(asked.pop("X"), pictures[:5])
    assert np.array_equal(asked.pop("y"), labels[:5])
    assert asked == {"seed": 4, "verbose": 0}
    assert (said["accuracy"], said["epochs"]) == (0.5, 2)
