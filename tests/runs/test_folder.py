"""Run folders: their names, what is refused, and how a model is found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ranvier.errors import ArtifactError, CheckpointError
from ranvier.runs.folder import CONFIG, MODEL, RESULT, RunFolder, find_model, name_of


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("digits", "digits"),
        ("data/flights.csv.gz", "flights"),
        ("/x/my table (2).parquet", "my-table-2"),
        ("größe.csv", "größe"),
        (".hidden.csv", "hidden"),
        ("...", "run"),
    ],
)
def test_name_follows_the_source(source: str, name: str) -> None:
    assert name_of(source) == name


def test_numbers_go_on_from_the_highest(workplace: Path) -> None:
    assert RunFolder.create("digits", None).path == Path("runs/digits-1")
    (workplace / "runs" / "digits-7").mkdir()
    (workplace / "runs" / "digits-x").mkdir()
    (workplace / "runs" / "other-12").mkdir()
    assert RunFolder.create("digits", None).path == Path("runs/digits-8")


def test_discarding_leaves_nothing_that_was_not_there(workplace: Path) -> None:
    folder = RunFolder.create("digits", "deep/er/run")
    folder.write(CONFIG, {})
    folder.discard()
    assert list(workplace.iterdir()) == []

    (workplace / "mine").mkdir()
    (workplace / "mine" / "notes.txt").write_text("keep")
    folder = RunFolder.create("digits", "mine")
    folder.write(CONFIG, {})
    folder.discard()
    assert os.listdir("mine") == ["notes.txt"]


def test_a_finished_run_is_not_overwritten(workplace: Path) -> None:
    folder = RunFolder.create("digits", "mine")
    folder.write(RESULT, {"reason": "patience"})
    with pytest.raises(CheckpointError, match=r"^mine holds a finished run, which is not overwr"):
        RunFolder.create("digits", "mine")


@pytest.mark.parametrize("reason", [None, "interrupted"])
def test_an_unfinished_run_is_to_be_resumed(workplace: Path, reason: str | None) -> None:
    folder = RunFolder.create("digits", "mine")
    folder.write(CONFIG, {})
    if reason:
        folder.write(RESULT, {"reason": reason})
    with pytest.raises(CheckpointError, match=r"mine holds a run that is not finished; .*--resume"):
        RunFolder.create("digits", "mine")


def test_a_file_in_the_way(workplace: Path) -> None:
    (workplace / "mine").write_text("")
    with pytest.raises(CheckpointError, match=r"^mine is a file; --out names a folder"):
        RunFolder.create("digits", "mine")
    with pytest.raises(CheckpointError, match=r"mine/run cannot be written .* another folder"):
        RunFolder.create("digits", "mine/run")


def test_a_full_disk_is_noticed_before_training(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CheckpointError, match=r"cannot be written \(No space left on device\)"):
        RunFolder.create("digits", None)
    assert list(workplace.iterdir()) == []


def test_damaged_json_reads_as_nothing(workplace: Path) -> None:
    (workplace / CONFIG).write_text("{")
    assert RunFolder(workplace).read(CONFIG) == {}
    (workplace / CONFIG).write_text("[1]")
    assert RunFolder(workplace).read(CONFIG) == {}


def test_a_model_is_found_by_folder_file_and_name(workplace: Path) -> None:
    folder = RunFolder.create("flights", None)
    folder.model.write_bytes(b"")
    for typed in ("runs/flights-1", "flights-1", f"runs/flights-1/{MODEL}"):
        assert find_model(typed) == folder.model


def test_a_model_that_is_not_there(workplace: Path) -> None:
    RunFolder.create("flights", None)
    with pytest.raises(ArtifactError, match=r'no model "flihgts-1".*Nearest: "flights-1"'):
        find_model("flihgts-1")
    with pytest.raises(ArtifactError, match="Runs here: flights-1"):
        find_model("zzz")
    with pytest.raises(ArtifactError, match=r"runs is a folder without a model\.ranvier"):
        find_model("runs")
    RunFolder(Path("runs/flights-1")).write(CONFIG, {})
    with pytest.raises(ArtifactError, match="go on with: ranvier train --resume --out runs/flig"):
        find_model("flights-1")
