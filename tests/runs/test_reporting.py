"""The report of a run, and of a saved model on other rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import ranvier as rv
from ranvier.data import builtin
from ranvier.errors import ArtifactError, DataError, DataWarning
from ranvier.runs import training
from ranvier.runs.folder import CONFIG, MODEL, REPORT, RESULT
from ranvier.runs.reporting import report
from ranvier.runs.request import Request
from ranvier.runs.training import Result, train

QUICK = {"recipe": "textbook", "hidden": (8,), "epochs": 2}


def test_a_run_leaves_a_report(iris_run: Result) -> None:
    assert iris_run.report == iris_run.folder / REPORT
    text = iris_run.report.read_text()
    assert iris_run.scores is not None
    assert "On 30 rows never seen" in text
    assert f"{iris_run.scores.model['accuracy']:.3f}" in text
    assert "always setosa, the most frequent" in text
    assert '<pre tabindex="0"><code>ranvier train iris --epochs 20</code></pre>' in text
    assert "petal length (cm)" in text


def test_the_same_report_again(iris_run: Result, tmp_path: Path) -> None:
    place, notes = report(iris_run.folder, out=tmp_path / "again.html")
    assert notes == ()
    assert place.read_text() == (iris_run.folder / REPORT).read_text()


def test_a_report_on_other_rows(iris_run: Result, tmp_path: Path) -> None:
    frame = builtin.load("iris").inputs
    target = builtin.load("iris").target
    import polars as pl

    assert isinstance(frame, pl.DataFrame)
    frame.with_columns(pl.Series("species", target)).write_csv(tmp_path / "more.csv")
    place, notes = report(iris_run.folder, str(tmp_path / "more.csv"), tmp_path / "more.html")
    assert notes == ()
    assert "On 150 rows of more.csv" in place.read_text()
    shutil.copytree(iris_run.folder, tmp_path / "copy")
    place, _ = report(tmp_path / "copy", str(tmp_path / "more.csv"))
    assert place == tmp_path / "copy" / "report-more.html"
    place, notes = report(tmp_path / "copy", "iris", tmp_path / "known.html")
    assert "most of these rows are not new to it" in notes[0]
    assert "most of these rows are not new to it" in place.read_text()


def test_a_model_alone_needs_rows(iris_run: Result, tmp_path: Path) -> None:
    shutil.copy(iris_run.folder / MODEL, tmp_path / "mine.ranvier")
    with pytest.raises(ArtifactError, match=r"does not say what it was trained on.* DATA$"):
        report(tmp_path / "mine.ranvier")
    place, _ = report(tmp_path / "mine.ranvier", "iris")
    assert place == tmp_path / "report-iris.html"
    assert "The command that trained this model is not known" in place.read_text()


def test_names_that_are_no_report(iris_run: Result, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"name a file such as report\.html"):
        report(iris_run.folder, out=tmp_path / "report.pdf")
    with pytest.raises(DataError, match="there is no folder"):
        report(iris_run.folder, out=tmp_path / "none" / "report.html")
    with pytest.raises(DataError, match="X has 64 features"):
        report(iris_run.folder, "digits", tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_no_rows_held_out(workplace: Path) -> None:
    done = train(Request(source="iris", settings=QUICK, test_fraction=0))
    assert done.report is not None
    assert "No rows were held out" in done.report.read_text()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("odd")])
def test_a_report_that_fails_loses_nothing(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*arguments: object) -> Path:
        raise error

    monkeypatch.setattr(training, "write_for_run", fails)
    with pytest.warns(DataWarning, match="the report could not be written .*the model is saved"):
        done = train(Request(source="iris", settings=QUICK))
    assert done.report is None
    assert done.problem is None
    assert rv.load(done.folder).history_
    assert {CONFIG, RESULT} < {entry.name for entry in done.folder.iterdir()}


def test_stopped_while_the_report_is_written(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*arguments: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "write_for_run", stopped)
    with pytest.warns(DataWarning, match="the report was stopped; the model is saved"):
        done = train(Request(source="iris", settings=QUICK))
    assert done.model is not None


def test_no_report(workplace: Path) -> None:
    done = train(Request(source="iris", settings=QUICK, report=False))
    assert done.report is None
    assert not (done.folder / REPORT).exists()
