"""A run from a source to a folder, its end, and going on with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import (
    ArtifactError,
    CheckpointError,
    DataError,
    DataWarning,
    HyperparameterError,
    TargetError,
)
from ranvier.model import Model
from ranvier.runs.evaluation import evaluate
from ranvier.runs.families import make
from ranvier.runs.folder import CHECKPOINTS, CONFIG, HISTORY, MODEL, REPORT, RESULT
from ranvier.runs.information import inform
from ranvier.runs.request import Request
from ranvier.runs.scores import Scores
from ranvier.runs.training import Result, train

QUICK = {"recipe": "textbook", "hidden": (8,), "epochs": 2}


def content(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


def test_the_folder_holds_what_repeats_the_run(iris_run: Result) -> None:
    names = {entry.name for entry in iris_run.folder.iterdir()}
    assert names == {MODEL, HISTORY, CONFIG, RESULT, REPORT, CHECKPOINTS}
    config = content(iris_run.folder, CONFIG)
    assert config["command"] == "ranvier train iris --epochs 20"
    assert config["source"] == "iris"
    assert config["family"] == "fcnn"
    assert config["hyperparameters"]["epochs"] == 20
    assert config["hyperparameters"]["seed"] == 0
    assert config["resolved"]["hidden"]
    assert set(config["versions"]) == {"ranvier", "jax", "python"}
    assert len((iris_run.folder / HISTORY).read_text().splitlines()) == iris_run.epochs == 20
    assert content(iris_run.folder, RESULT) == iris_run.plain()


def test_the_score_is_that_of_rows_held_out(iris_run: Result) -> None:
    scores = iris_run.scores
    assert scores is not None
    assert scores.rows == 30
    assert scores.beaten
    model = rv.load(iris_run.folder)
    assert model.evaluate(rv.read("iris").test) == scores.model
    assert Scores.from_plain(scores.plain()) == scores


def test_information(iris_run: Result) -> None:
    found = inform(iris_run.folder)
    assert found.task == "multiclass"
    assert found.target == ("species",)
    assert found.scores == iris_run.scores
    assert found.command == "ranvier train iris --epochs 20"
    assert found.training["epochs"] == 20
    assert dict(found.columns)["petal length (cm)"] == "numeric"
    json.dumps(found.plain(), allow_nan=False)


def test_a_model_alone_knows_no_score(iris_run: Result, tmp_path: Path) -> None:
    shutil.copy(iris_run.folder / MODEL, tmp_path / "mine.ranvier")
    found = inform(tmp_path / "mine.ranvier")
    assert found.scores is None
    assert found.command is None
    assert found.best["epoch"] == iris_run.best_epoch


def test_rows_seen_in_training_are_pointed_out(iris_run: Result, tmp_path: Path) -> None:
    scores, notes = evaluate(iris_run.folder, "iris")
    assert scores.rows == 150
    assert "most of these rows are not new to it" in notes[0]


def test_a_finished_run_that_is_resumed_ends_the_same(iris_run: Result, tmp_path: Path) -> None:
    shutil.copytree(iris_run.folder, tmp_path / "copy")
    again = train(Request(out=str(tmp_path / "copy"), resume=True))
    assert (again.epochs, again.best_epoch, again.reason) == (20, iris_run.best_epoch, "finished")
    assert again.scores == iris_run.scores


def test_resumed_with_other_settings(iris_run: Result, tmp_path: Path) -> None:
    shutil.copytree(iris_run.folder, tmp_path / "copy")
    before = content(tmp_path / "copy", CONFIG)
    with pytest.raises(CheckpointError, match="other data, other hyperparameters or"):
        train(Request(settings={"epochs": 21}, out=str(tmp_path / "copy"), resume=True))
    assert content(tmp_path / "copy", CONFIG) == before


def test_nothing_to_resume(workplace: Path) -> None:
    with pytest.raises(CheckpointError, match=r"--resume needs the run's folder: --out DIR\.$"):
        train(Request(source="iris", resume=True))
    with pytest.raises(CheckpointError, match="mine does not exist, so there is nothing to res"):
        train(Request(out="mine", resume=True))
    (workplace / "runs" / "iris-1" / CHECKPOINTS).mkdir(parents=True)
    with pytest.raises(CheckpointError, match="Not finished: runs/iris-1"):
        train(Request(source="iris", resume=True))


@pytest.mark.parametrize(
    ("request_", "error", "words"),
    [
        (Request(), CheckpointError, "nothing to train on: name a file or a built-in set"),
        (Request(source="irs"), DataError, 'Nearest: "iris"'),
        (Request(source="iris", targets=("x",)), TargetError, "its own target"),
        (Request(source="iris", test_fraction=1.5), DataError, r"must lie in \[0, 1\); got 1.5"),
        (Request(source="iris", family="fcn"), HyperparameterError, 'Nearest: "fcnn"'),
        (Request(source="iris", settings={"hiden": 3}), HyperparameterError, "fcnn has no hyper"),
        (Request(source="iris", settings={"epochs": 0}), HyperparameterError, "epochs must be"),
        (
            Request(source="iris", settings={"class_weight": {"rose": 1.0}}),
            HyperparameterError,
            "'rose', which is not in the target; its classes are setosa, versicolor, virginica",
        ),
        (Request(source="iris", settings={"task": "regression"}), TargetError, "needs numbers"),
    ],
)
def test_a_mistake_leaves_nothing_behind(
    workplace: Path, request_: Request, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        train(request_)
    assert list(workplace.iterdir()) == []


def test_unknown_hyperparameter_names_those_there_are() -> None:
    with pytest.raises(
        HyperparameterError, match="it has activation, activation_rate, batch_size,"
    ) as caught:
        make("fcnn", {"kernel_size": 3})
    assert "hidden" in str(caught.value)


def test_a_model_that_cannot_be_written_is_saved_elsewhere(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    save = Model.save

    def full(self: Model, path: Path) -> None:
        if elsewhere not in Path(path).parents:
            raise ArtifactError(f"{path} cannot be written (No space left on device).")
        save(self, path)

    monkeypatch.setattr(Model, "save", full)
    result = train(Request(source="iris", settings=QUICK, out="mine"))
    assert result.model is not None
    assert elsewhere in result.model.parents
    assert rv.load(result.model).task_ == "multiclass"
    assert result.problem == (
        "mine/model.ranvier cannot be written (No space left on device). The model was saved as "
        f"{result.model}; the last checkpoint lies in mine/checkpoints."
    )
    monkeypatch.setattr(Model, "save", save)
    mended = train(Request(out="mine", resume=True))
    assert mended.problem is None
    assert mended.model == Path("mine/model.ranvier")


def test_numbers_as_classes_can_be_weighted(workplace: Path) -> None:
    table = pl.DataFrame({"x": np.arange(40.0), "y": np.arange(40) // 20})
    table.write_csv("steps.csv")
    settings = {**QUICK, "class_weight": {"0": 1.0, "1": 3.0}}
    result = train(Request(source="steps.csv", settings=settings))
    assert result.folder == Path("runs/steps-1")
    config = content(result.folder, CONFIG)
    assert config["command"] == (
        "ranvier train steps.csv --recipe textbook --hidden 8 --epochs 2 --class-weight 0=1,1=3"
    )
    assert config["source"] == str(workplace / "steps.csv")
    again = train(Request(out="runs/steps-1", resume=True))  # the weights come back from JSON
    assert again.epochs == 2


def test_resumed_before_the_first_checkpoint(workplace: Path) -> None:
    with pytest.warns(DataWarning, match="there is no checkpoint yet, so the run begins anew"):
        result = train(Request(source="iris", settings=QUICK, out="mine", resume=True))
    assert result.epochs == 2


def test_no_rows_held_out(workplace: Path) -> None:
    result = train(Request(source="iris", settings=QUICK, test_fraction=0.0))
    assert result.scores is None


def test_a_class_that_training_never_saw_counts_as_missed(workplace: Path) -> None:
    rng = np.random.default_rng(0)
    table = pl.DataFrame({"x": rng.normal(size=60), "kind": ["a", "b"] * 30})
    table.write_csv("two.csv")
    train(Request(source="two.csv", settings=QUICK))
    table.with_columns(pl.lit("c").alias("kind")).write_csv("three.csv")
    scores, _ = evaluate("two-1", "three.csv")
    assert scores.model["accuracy"] == 0.0
    assert not scores.beaten


def test_rows_without_a_target_are_not_scored(workplace: Path) -> None:
    table = pl.DataFrame({"x": np.arange(60.0), "y": np.arange(60.0) * 2 + 0.5})
    table.write_csv("line.csv")
    train(Request(source="line.csv", settings=QUICK))
    with_gap = table.with_columns(pl.when(pl.col("x") > 5).then("y").alias("y"))
    with_gap.write_csv("gaps.csv")
    scores, notes = evaluate("line-1", "gaps.csv")
    assert scores.rows == 54
    assert notes == ("6 rows without y are not used",)
    table.drop("y").write_csv("bare.csv")
    with pytest.raises(TargetError, match=r'bare\.csv has no column "y"'):
        evaluate("line-1", "bare.csv")
