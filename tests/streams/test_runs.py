"""A streamed table on the command line's path: run folder, report, resumption."""

import subprocess
import sys
from pathlib import Path

import pytest

import ranvier as rv
from ranvier.model import fitting
from ranvier.runs.evaluation import evaluate
from ranvier.runs.reporting import report
from ranvier.runs.request import Request
from ranvier.runs.training import train
from tests.streams.tables import SMALL, TINY, csv, frame, prepared, said
from tests.training.runs import assert_same

SETTINGS = {name: value for name, value in SMALL.items() if name != "verbose"}


class Stops:
    """A run that dies in its third epoch, with a checkpoint after each chunk."""

    def announce(self, lines): ...
    def started(self, plan, step): ...
    def finished(self, outcome): ...

    def advanced(self, step, history, best_epoch):
        if len(history) >= 3:
            raise ZeroDivisionError


def attempt(path, folder, watcher=None):
    ready = prepared(path, folder=folder, epochs=6)
    try:
        return fitting.train(
            ready, watcher=watcher, folder=folder / "checkpoints", resume=True, checkpoint_seconds=0
        )[0]
    finally:
        ready.rows.close()


def test_a_run_that_died_resumes_to_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setattr("ranvier.training.plan.MOST_EPOCHS", 1)
    path = csv(tmp_path, frame(600))
    unbroken = attempt(path, tmp_path / "one")
    with pytest.raises(ZeroDivisionError):
        attempt(path, tmp_path / "two", Stops())
    resumed = attempt(path, tmp_path / "two")
    assert_same(unbroken, resumed)


def test_other_rows_are_not_resumed(tmp_path):
    path = csv(tmp_path, frame(600))
    attempt(path, tmp_path / "one")
    csv(tmp_path, frame(600, seed=1))
    with pytest.raises(rv.RanvierError, match="other data"):
        attempt(path, tmp_path / "one")


def test_a_run_with_its_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ranvier.data.streams.survey.SAMPLE_ROWS", 400)
    csv(tmp_path, frame())
    settings = {**SETTINGS, "epochs": 40, "max_memory": TINY}
    result = train(Request(source="big.csv", targets=("y",), settings=settings))
    assert result.scores.rows == 100  # a quarter of the sample; a fifth of all would be 240
    assert result.scores.beaten
    assert sorted(p.name for p in result.folder.iterdir()) == [
        "checkpoints", "config.json", "history.jsonl", "model.ranvier", "report.html",
        "result.json",
    ]  # fmt: skip
    first = result.report.read_bytes()
    again, _ = report(result.folder)
    assert again.read_bytes() == first
    scores, notes = evaluate(result.folder, "big.csv")
    assert scores.rows == 1200
    assert "most of these rows are not new" in notes[-1]


def test_a_folder_of_files(tmp_path):
    (tmp_path / "days").mkdir()
    for number in range(3):
        csv(tmp_path / "days", frame(300, seed=number), f"{number}.csv")
    words = said(tmp_path / "days", max_memory="1 TB")
    assert "days · 810 rows train, 90 rows validate" in words
    assert "3 files, read in the order of their names" in words


CHILD = """
import hashlib
import sys
from pathlib import Path
from ranvier.model import fitting
from tests.streams.tables import prepared
from tests.training.child import Speaker

path, folder = map(Path, sys.argv[1:])
ready = prepared(path, folder=folder, epochs=60, batch_size=8)
outcome, _ = fitting.train(
    ready, watcher=Speaker(), folder=folder / "checkpoints", resume=True, checkpoint_seconds=0
)
ready.rows.close()
digest = hashlib.blake2b(digest_size=8)
for name in sorted(outcome.parameters):
    digest.update(outcome.parameters[name].tobytes())
print("over", digest.hexdigest())
"""


@pytest.mark.slow
def test_a_run_that_was_killed_resumes_to_the_same_bits(tmp_path):
    path = csv(tmp_path, frame(3000))

    def start(folder: Path) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", CHILD, str(path), str(folder)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    unbroken = start(tmp_path / "one").communicate()[0].splitlines()[-1]
    assert unbroken.startswith("over")
    child = start(tmp_path / "two")
    for _ in range(4):
        child.stdout.readline()
    child.kill()
    child.communicate()
    assert (tmp_path / "two" / "cache" / "rows").exists()
    told = start(tmp_path / "two").communicate()[0]
    assert int(told.split()[1]) > 0  # it went on
    assert told.splitlines()[-1] == unbroken
    assert not (tmp_path / "two" / "cache").exists()
