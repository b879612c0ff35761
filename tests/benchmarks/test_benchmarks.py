"""The instrument itself: what can be checked without any peer installed."""

from __future__ import annotations

import importlib.util
import os
import sys

import numpy as np
import pytest

from benchmarks import processes, tables
from benchmarks.environments import ROOT
from benchmarks.peak import peak_mib
from benchmarks.peers.roster import ROSTER
from benchmarks.rows import all_rows


@pytest.mark.parametrize("peer", ROSTER, ids=lambda peer: peer.name)
def test_every_peer_has_a_program_and_requirements(peer):
    assert importlib.util.find_spec(peer.program) is not None
    assert (ROOT / "benchmarks" / "requirements" / f"{peer.environment}.txt").exists()


@pytest.mark.parametrize("row", all_rows().values(), ids=lambda row: row.name)
def test_every_row_gives_the_same_data_each_time_and_a_model(row):
    data, again = row.data(), row.data()
    assert all(np.array_equal(data[name], again[name]) for name in data)
    assert len(data["X"]) == len(data["y"]) > len(data["X_test"]) == len(data["y_test"]) > 0
    assert data["X"].dtype == np.float32
    model = row.build("ranvier", 3)
    assert (model.epochs, model.batch_size) == (3, row.batch_size)


def test_a_toolkit_without_a_network_is_named():
    with pytest.raises(LookupError, match="no network for abacus"):
        all_rows()["mlp_small"].build("abacus")


def _run(value):
    same = {"accuracy": 0.9, "loss": 0.3, "peak_mib": 100.0, "others": 0.0}
    return {"value": value, "cpu_value": value, **same}


def test_ratios_are_taken_within_each_round():
    # The machine became three times slower: the ratio stays, the quotient of medians would not.
    runs = {
        "ranvier": [_run(1.0), _run(3.0), _run(3.0)],
        "torch": [_run(5.0), _run(15.0)],
    }
    summary = tables.summarise(runs)
    assert summary["torch"]["ratio"] == summary["torch"]["ratio_high"] == 5.0
    assert summary["torch"]["runs"] == 2


def test_the_table_says_who_is_left_out_and_that_the_machine_was_busy():
    row = {
        "about": "A row",
        "cold": False,
        "epochs": 2,
        "repeats": 1,
        "summary": tables.summarise({"ranvier": [_run(1.0) | {"others": 0.4}]}),
        "skipped": {"torch": "cannot be installed here"},
    }
    machine = {"processor": "P", "cores": 2, "memory_gib": 8, "system": "S"}
    report = {"date": "D", "commit": "C", "machine": machine, "rows": {"r": row}, "versions": {}}
    page = tables.markdown(report, {"ranvier": "Ranvier", "torch": "PyTorch"})
    assert "left out: cannot be installed here" in page
    assert "was not quiet" in page
    lines = [line for line in page.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1


def test_a_small_program_is_not_charged_with_its_starters_memory(tmp_path):
    held = np.ones(80 << 17)  # 80 MiB more than the program takes
    program = "import json; from benchmarks.peak import peak_mib; print(json.dumps(peak_mib()))"
    ended = processes.run([sys.executable, "-c", program], dict(os.environ), tmp_path / "log")
    assert ended.answer < peak_mib() - 50
    assert held.all()


def test_a_program_that_fails_gives_its_last_words(tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit('no luck')"]
    with pytest.raises(LookupError, match="ended with 1: no luck"):
        processes.run(command, dict(os.environ), tmp_path / "log")
