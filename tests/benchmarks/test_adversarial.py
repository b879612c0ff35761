"""The adversarial benchmarks: what can be checked without a peer."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.adversarial import quality, quality_peers, row, speed
from benchmarks.adversarial.peers.ranvier import Ranvier
from benchmarks.environments import ROOT
from benchmarks.images import data


@pytest.mark.parametrize("peer", speed.PEERS, ids=lambda peer: peer.name)
def test_every_peer_has_a_program_and_requirements(peer):
    assert importlib.util.find_spec(peer.program) is not None
    assert (ROOT / "benchmarks" / "requirements" / f"{peer.environment}.txt").exists()


def test_every_peer_of_the_quality_has_a_function():
    for peer in quality.PEERS:
        assert callable(getattr(quality_peers, peer.name))


def test_without_the_pictures_nothing_is_measured(monkeypatch, capsys):
    def none():
        raise LookupError("no package")

    monkeypatch.setattr(data, "arrays", none)
    for command in (speed, quality):
        assert command.main([]) == 3
        assert "Nothing is measured: no package" in capsys.readouterr().out


def test_a_critic_that_knows_nothing_and_one_that_knows_all():
    nothing = row.told(np.full(3, 1e-9), np.full(3, 1e-9))
    assert nothing == {"accuracy": 0.5, "loss": pytest.approx(np.log(2))}
    everything = row.told(np.full(3, 9.0), np.full(3, -9.0))
    assert everything["accuracy"] == 1.0
    assert everything["loss"] < 1e-3


def test_bytes_become_numbers_from_minus_one_to_one():
    found = row.floats(np.array([[0, 255]], np.uint8))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[-1.0, 1.0]])


def test_ranvier_trains_and_is_judged(monkeypatch):
    monkeypatch.setattr(row, "FILTERS", (4, 8))
    pictures = np.random.default_rng(0).integers(0, 256, (32, 28, 28, 1)).astype(np.uint8)
    small = replace(row.ROWS["dcgan"], batch_size=16)
    peer = Ranvier(small, {"X": pictures, "X_test": pictures[:8]})
    peer.train(1)
    found = peer.quality()
    assert 0 <= found["accuracy"] <= 1
    assert found["loss"] > 0
    parameters = peer.model._outcome.parameters
    sizes = sorted(np.size(array) for path, array in parameters.items() if "kernel" in path)
    head, ends, middles, dense = 49 * 8, 16 * 4, 16 * 4 * 8, 100 * 49 * 8
    assert sizes == [ends, ends, head, middles, middles, dense]


def test_the_table_puts_the_nearest_first():
    figures = {"frechet": 9.0, "precision": 0.5, "recall": 0.5, "rarest": 0.04, "seconds": 60.0}
    runs = {
        "torch_vae": [{**figures, "steps": 10}],
        "ranvier": [
            {**figures, "frechet": 2.0, "steps": 20},
            {**figures, "frechet": 4.0, "steps": 20},
        ],
        "real": [{**figures, "frechet": 1.0, "seconds": 0.0, "right": 0.9}],
    }
    lines = quality.table(runs, {"ranvier_vae": "it is not there"}).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:5]] == [
        "real training pictures", "Ranvier, GAN, defaults", "PyTorch, VAE with DCGAN's decoder",
    ]  # fmt: skip
    assert "| 3.000 |" in lines[3]
    assert lines[-1] == "Ranvier, Autoencoder, variational is left out: it is not there"
