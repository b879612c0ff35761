"""The history file, and where extra lines come to stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ranvier.runs.watching import HistoryFile, merged

ROWS = [{"epoch": float(n), "loss": 1.0 / n} for n in range(1, 5)]


def read(path: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_grows_with_the_run(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path / "history.jsonl")
    for count in (0, 1, 1, 3, 4):
        file.update(ROWS[:count])
        assert read(tmp_path / "history.jsonl") == ROWS[:count]


def test_a_resumed_run_writes_it_anew(tmp_path: Path) -> None:
    place = tmp_path / "history.jsonl"
    place.write_text('{"epoch": 1.0, "loss": 9.0}\n{"epoch": 2.0, "lo')  # cut off by a kill
    HistoryFile(place).update(ROWS[:3])
    assert read(place) == ROWS[:3]


def test_not_a_number_is_null(tmp_path: Path) -> None:
    HistoryFile(tmp_path / "h").update([{"epoch": 1.0, "loss": float("nan")}])
    assert (tmp_path / "h").read_text() == '{"epoch": 1.0, "loss": null}\n'


def test_a_full_disk_is_remembered_and_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = HistoryFile(tmp_path / "h")
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
        file.update(ROWS[:2])
    assert file.problem is not None
    assert "h could not be written (No space left on device)" in file.problem
    file.update(ROWS)
    assert file.problem is None
    assert read(tmp_path / "h") == ROWS


def test_extra_lines_follow_their_label() -> None:
    lines = [("data", "1"), ("", "2"), ("task", "3"), ("device", "4")]
    extra = [("data", "x"), ("device", "y")]
    assert merged(lines, extra) == [
        ("data", "1"), ("", "2"), ("", "x"), ("task", "3"), ("device", "4"), ("", "y"),
    ]  # fmt: skip
