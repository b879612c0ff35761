"""What the commands print, and how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ranvier.errors import RanvierError
from ranvier.runs import training
from ranvier.training.loop import Outcome

from .conftest import Run

TINY = ("--recipe", "textbook", "--hidden", "8", "--epochs", "2")


def test_train_says_what_it_does(run: Run) -> None:
    result = run("train", "iris", *TINY)
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    labels = [line[:10].strip() for line in lines if line[:1] not in ("", " ")]
    assert labels[:4] == ["data", "task", "network", "device"]
    assert lines[0].startswith("data      iris · 108 rows train, 12 rows validate · 4 columns")
    assert any("30 more rows are held out to test on (--test-fraction 0.2" in at for at in lines)
    assert any(at.endswith("another? --hidden --activation --recipe") for at in lines)
    assert any(at.startswith("finished after 2 epochs") for at in lines)
    assert any(at.startswith("on 30 rows never seen") for at in lines)
    assert any(at.startswith("  this model") for at in lines)
    assert any(at.startswith("  always setosa, the most frequent") for at in lines)
    assert lines[-5] == (
        "run       runs/iris-1   model.ranvier · report.html · history.jsonl · checkpoints"
    )
    assert lines[-4] == "next      ranvier predict runs/iris-1 new.csv"
    assert lines[-1] == "          ranvier info runs/iris-1"
    assert "\x1b" not in result.stdout


def test_quiet_leaves_the_last_block(run: Run) -> None:
    lines = run("train", "iris", *TINY, "--quiet").stdout.splitlines()
    if lines[0].startswith("the trivial baseline"):  # two epochs are few
        lines = lines[2:]
    assert lines[0].startswith("on 30 rows never seen")


def test_json_and_nothing_else(run: Run) -> None:
    result = run("train", "iris", *TINY, "--json")
    found = json.loads(result.stdout)
    assert found["run"] == "runs/iris-1"
    assert found["test"]["rows"] == 30
    assert found["reason"] == "finished"
    assert result.stderr.startswith("data      iris")
    assert json.loads(Path("runs/iris-1/result.json").read_text()) == found


def test_a_baseline_that_wins_comes_first(run: Run) -> None:
    table = pl.DataFrame({"x": list(range(60)), "y": [1.5 * (n % 7) for n in range(60)]})
    table.write_csv("noise.csv")
    result = run("train", "noise.csv", *TINY, "--quiet")
    assert result.stdout.startswith(
        "the trivial baseline is at least as good: always the mean has R² "
    )


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ranvier.training import loop

    class Asked:
        asked = True

        def __enter__(self) -> Asked:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    with monkeypatch.context() as pressed:
        pressed.setattr(loop, "Interrupt", Asked)
        result = run("train", "iris", "--patience", "none", "--epochs", "3000", "--hidden", "8")
    assert result.exit_code == 130
    assert "interrupted in epoch" in result.stdout
    assert "this model" in result.stdout
    assert "go on     ranvier train --resume --out runs/iris-1" in result.stdout
    history = Path("runs/iris-1/history.jsonl").read_text().splitlines()

    def enough(model: Any, *_: Any, **options: Any) -> Any:
        raise RanvierError(f"resumed with {model.epochs}")

    monkeypatch.setattr(training.Model, "_fit", enough)
    result = run("train", "--resume", "--out", "runs/iris-1")
    assert result.stderr == "error: resumed with 3000\n"
    assert Path("runs/iris-1/history.jsonl").read_text().splitlines() == history


def test_ctrl_c_twice_stops_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training.Model, "_fit", twice)
    result = run("train", "iris")
    assert (result.exit_code, result.stderr) == (130, "stopped\n")
    assert not Path("runs").exists()


def test_a_real_interrupt_while_starting(tmp_path: Path) -> None:
    code = (
        "import signal, time, ranvier.cli, ranvier.runs.training as t\n"
        # As in a terminal: a job in the background begins with the signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        # The sleep is cut short: a signal may arrive a moment after it was raised.
        "t.read_or_stream = lambda *a, **k: (signal.raise_signal(signal.SIGINT), time.sleep(60))\n"
        "import sys; sys.argv = ['ranvier', 'train', 'iris']\n"
        "ranvier.cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (128 + signal.SIGINT, "stopped\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train"], "nothing to train on: name a file or a built-in set (digits, iris, wine, "),
        (["train", "digitz"], '"digitz" is neither a file nor a built-in set'),
        (["train", "iris", "--target", "x"], 'iris is read with its own target, "species"'),
        (
            ["train", "iris", "--model", "fcn"],
            "model must be one of auto, fcnn, cnn, rnn, transformer, autoencoder, gan; got",
        ),
        (["train", "iris", "--activation", "rleu"], "activation must be one of sigmoid, tanh, "),
        (["train", "iris", "--epochs", "0"], "epochs must be a whole number of at least 1"),
        (["train", "iris", "--hidden", ""], "hidden must name at least one hidden layer"),
        (["train", "iris", "--test-fraction", "2"], "--test-fraction must lie in [0, 1); got 2"),
        (["train", "iris", "--task", "regression"], "--task regression needs numbers; "),
        (["train", "--resume"], "--resume needs the run's folder: --out DIR."),
        (["predict", "flights-1", "x.csv"], 'there is no model "flights-1": name a run folder'),
        (["evaluate", "flights-1", "x.csv"], 'there is no model "flights-1"'),
        (["info", "flights-1"], 'there is no model "flights-1"'),
        (["predict", "m", "x.csv", "--out", "y.doc"], 'y.doc has the suffix ".doc"; predictions'),
    ],
)
def test_a_mistake_is_one_line(run: Run, arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"error: {words}")
    assert result.stderr.count("\n") == 1
    assert os.listdir() == []


def test_debug_shows_where(run: Run) -> None:
    with pytest.raises(RanvierError, match="nothing to train on"):
        run("train", "--debug")


def test_errors_of_the_system_are_one_line_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", "secret.csv")

    monkeypatch.setattr(training, "read_or_stream", refused)
    assert run("train", "iris").stderr == "error: secret.csv: Permission denied\n"


def test_a_problem_with_writing_is_said_last(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    save = training.Model.save

    def full(model: Any, path: Path) -> None:
        if Path(path).parent == Path("mine"):
            raise training.ArtifactError(f"{path} cannot be written (No space left on device).")
        save(model, path)

    monkeypatch.setattr(training.Model, "save", full)
    monkeypatch.setattr("tempfile.tempdir", str(Path.cwd()))
    result = run("train", "iris", *TINY, "--out", "mine")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: mine/model.ranvier cannot be written (No space left")
    assert "the last checkpoint lies in mine/checkpoints" in result.stderr
    assert "on 30 rows never seen" in result.stdout


def test_predict_to_the_output(run: Run, iris_run: Path) -> None:
    result = run("predict", str(iris_run), "iris")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "species"
    assert len(lines) == 151
    assert set(lines[1:]) <= {"setosa", "versicolor", "virginica"}


def test_predict_to_a_file(run: Run, iris_run: Path) -> None:
    result = run("predict", str(iris_run), "iris", "--proba", "--out", "out.parquet")
    assert result.stdout == ""
    assert result.stderr == "150 predictions in out.parquet\n"
    assert pl.read_parquet("out.parquet").columns[1] == "p_setosa"


def test_a_missing_column_is_a_note(run: Run, iris_run: Path) -> None:
    pl.DataFrame({"petal length (cm)": [1.0, 5.0], "petal width (cm)": [0.2, 2.0]}).write_csv(
        "less.csv"
    )
    result = run("predict", str(iris_run), "less.csv")
    assert result.exit_code == 0
    assert result.stderr.startswith(
        'note: less.csv has no column "sepal length (cm)", "sepal width (cm)"'
    )
    assert len(result.stdout.splitlines()) == 3


def test_a_reader_that_goes_away_is_no_error(iris_run: Path) -> None:
    command = f'"{sys.executable}" -m ranvier predict "{iris_run}" iris | true'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_evaluate(run: Run, iris_run: Path) -> None:
    result = run("evaluate", str(iris_run), "iris")
    assert result.stdout.startswith("on 150 rows of iris")
    assert "always setosa, the most frequent" in result.stdout
    assert result.stderr.startswith("note: iris is what this model was trained on")
    found = json.loads(run("evaluate", str(iris_run), "iris", "--json").stdout)
    assert found["rows"] == 150
    assert set(found["metrics"]) == {"accuracy", "f1_macro", "loss"}


def test_report(run: Run, iris_run: Path) -> None:
    done = run("report", str(iris_run), "--out", "page.html")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "the report lies in page.html\n"
    assert Path("page.html").read_text().startswith("<!DOCTYPE html>")
    wrong = run("report", str(iris_run), "--out", "page.pdf")
    assert wrong.exit_code == 1
    assert wrong.stderr.startswith("error: page.pdf is no name for a report")


def test_no_report(run: Run) -> None:
    done = run("train", "iris", *TINY, "--no-report", "--quiet")
    assert "model.ranvier · history.jsonl" in done.stdout
    assert not Path("runs/iris-1/report.html").exists()


def test_info(run: Run, iris_run: Path) -> None:
    result = run("info", str(iris_run))
    assert result.exit_code == 0
    for words in (
        "FCNN · multiclass",
        "hidden 1",
        "trained   20 epochs in ",
        "command   ranvier train iris --epochs 20",
        "columns   numeric: sepal length (cm), sepal width (cm)",
        "on 30 rows never seen",
    ):
        assert words in result.stdout
    found = json.loads(run("info", str(iris_run), "--json").stdout)
    assert found["hyperparameters"]["epochs"] == 20
    assert found["test"]["rows"] == 30


def test_datasets(run: Run) -> None:
    lines = run("datasets").stdout.splitlines()
    assert lines[0].split() == ["name", "rows", "columns", "task"]
    assert lines[1].split()[:4] == ["digits", "1,797", "64", "multiclass"]
    assert json.loads(run("datasets", "--json").stdout)[1]["name"] == "iris"


@pytest.mark.parametrize(
    ("metric", "values", "shown"),
    [
        ("rmse", (6.951, 44.98), ["6.95", "44.98"]),
        ("mae", (306.2, 3033.4), ["306", "3,033"]),
        ("rmse", (0.01234, 1.0), ["0.0123", "1.0000"]),
        ("rmse", (0.0, 12.0), ["0.0", "12.0"]),
        ("r2", (0.9761, -0.00002), ["0.976", "0.000"]),
        ("accuracy", (0.975, 0.1), ["0.975", "0.100"]),
    ],
)
def test_numbers_of_a_column(metric: str, values: tuple[float, float], shown: list[str]) -> None:
    from ranvier.report.numbers import same_decimals

    assert same_decimals(metric, values) == shown


def test_the_end_of_a_run_in_words() -> None:
    from ranvier.training.progress import ending

    stopped = Outcome(epoch=74, best_epoch=34, reason="patience", seconds=6.3, compile_seconds=3.0)
    assert ending(stopped) == (
        "stopped at epoch 74: not better for 40 epochs; the weights of epoch 34 are kept · 6.3 s, "
        "of which 3.0 s compiling"
    )
    long = Outcome(epoch=1, reason="finished", seconds=754.0, compile_seconds=1.0)
    assert ending(long) == "finished after 1 epoch · 12:34 min, of which 1.0 s compiling"
