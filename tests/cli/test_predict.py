"""`ranvier predict` on a table that is predicted in pieces: what it says, and how it ends."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

import ranvier as rv
from ranvier.cli import rows
from ranvier.runs.streamed import passes

from .conftest import Run

SMALL = ("--max-memory", "1 KB")


def big(times: int = 1) -> pl.DataFrame:
    """Iris, several times over, in big.csv."""
    table = rv.read("iris").inputs
    assert isinstance(table, pl.DataFrame)
    table = pl.concat([table] * times)
    table.write_csv("big.csv")
    return table


def test_in_pieces_as_at_once(run: Run, iris_run: Path) -> None:
    big()
    result = run("predict", str(iris_run), "big.csv", "--out", "whole.csv", "--proba")
    assert (result.exit_code, result.stderr) == (0, "150 predictions in whole.csv\n")
    result = run("predict", str(iris_run), "big.csv", "--out", "out.csv", "--proba", *SMALL)
    assert result.exit_code == 0
    assert result.stdout == ""
    why, done = result.stderr.splitlines()
    assert why.startswith("big.csv would take about ")
    assert "to read at once, and max_memory allows 1 KB: it is streamed, in two passes" in why
    assert done == "150 predictions in out.csv"
    assert Path("out.csv").read_bytes() == Path("whole.csv").read_bytes()
    assert sorted(os.listdir()) == ["big.csv", "out.csv", "whole.csv"]


def test_ctrl_c_says_how_to_go_on(
    run: Run, iris_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big(40)
    monkeypatch.setattr(passes, "MOST_ROWS", 2048)
    told = rows._Rows.__call__

    def press(self: Any, doing: str, *far: Any) -> None:
        told(self, doing, *far)
        if doing == "predicting":
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as pressed:
        pressed.setattr(rows._Rows, "__call__", press)
        result = run("predict", str(iris_run), "big.csv", "--out", "out.csv", *SMALL)
    assert result.exit_code == 130
    assert result.stderr.splitlines()[1:] == [
        "interrupted after 2,048 of 6,000 rows, which are kept in out.csv.part",
        f"go on     ranvier predict {iris_run} big.csv --out out.csv --max-memory '1 KB' --resume",
    ]
    result = run("predict", str(iris_run), "big.csv", "--out", "out.csv", *SMALL)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1:] == [
        "error: out.csv.part holds predictions that are not finished (2,048 of 6,000 rows); go on "
        "with them by --resume, or choose another file with --out."
    ]
    # What was begun in pieces goes on in pieces, whatever would be read at once.
    result = run("predict", str(iris_run), "big.csv", "--out", "out.csv", "--resume")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[1:] == [
        "resumed after row 2,048 of 6,000",
        "6,000 predictions in out.csv",
    ]
    run("predict", str(iris_run), "big.csv", "--out", "whole.csv")
    assert Path("out.csv").read_bytes() == Path("whole.csv").read_bytes()


def test_one_sentence_each(run: Run, iris_run: Path) -> None:
    big()
    result = run("predict", str(iris_run), "big.csv", "--resume")
    assert result.exit_code == 1
    assert result.stderr == (
        "error: --resume goes on with a file that is written bit by bit: name it with --out, as "
        "one of .csv, .tsv, .jsonl.\n"
    )
    result = run("predict", str(iris_run), "big.csv", "--out", "out.parquet", *SMALL)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == (
        "note: big.csv is read at once, though it is larger than max_memory: only .csv, .tsv, "
        ".jsonl files, named with --out, are written in pieces."
    )
    result = run("predict", str(iris_run), "big.csv", "--out", "out.csv", "--max-memory", "much")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: max_memory must be a size such as '2 GB'")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the bar sees: its only element."""
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    return now


def test_plain_lines_every_few_seconds(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with rows.shown() as told:
        for second in range(8):
            clock[0] = float(second)
            told("reading", 1000 * second, 0, second / 10)
        for second in range(13):
            clock[0] = 10.0 + second
            told("predicting", 1_000_000 * second, 20_000_000, second / 20)
    assert capsys.readouterr().err.splitlines() == [
        "reading 5,000 rows   1 k rows/s   0:05 left",
        "predicting 5,000,000 of 20,000,000 rows   1 M rows/s   0:15 left",
        "predicting 10,000,000 of 20,000,000 rows   1 M rows/s   0:10 left",
    ]


def test_a_bar_in_a_terminal_that_goes_away(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(
        rows, "Console", lambda **_: Console(file=screen, force_terminal=True, width=90)
    )
    with rows.shown() as told:
        for second in range(3):
            clock[0] = float(second)
            told("predicting", 1000 + 500 * second, 2_000, 0.5 + second / 4)
    assert "1,500 of 2,000 rows   500 rows/s   0:01 left" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")  # the line is erased
