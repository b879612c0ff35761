"""A long table with a label for each step: trained, predicted, evaluated and reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.data.sequences.long_targets import holds_classes
from ranvier.errors import TargetError
from ranvier.runs import reporting, series
from ranvier.runs.baseline import baseline
from ranvier.runs.evaluation import evaluate
from ranvier.runs.prediction import predict
from ranvier.runs.request import Request
from ranvier.runs.training import Result, train
from ranvier.tasks import LABELLING

SETTINGS = {
    "units": (4,), "convolutions": (), "bidirectional": False, "epochs": 20, "batch_size": 8,
    "learning_rate": 0.03, "series": "id", "time": "day", "verbose": 0,
}  # fmt: skip


def events(rows: int = 40, seed: int = 0) -> pl.DataFrame:
    """Series of 5 to 9 days, in disorder: the state is that of the heat a day before."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(rows):
        heat = rng.normal(size=5 + number % 5)
        for day in range(len(heat)):
            state = "hot" if day and heat[day - 1] > 0 else "cold"
            found.append((f"m{number}", f"2024-01-{day + 1:02d}", heat[day], state))
    frame = pl.DataFrame(found, schema=["id", "day", "heat", "state"], orient="row")
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labelling")


@pytest.fixture(scope="module")
def run(place: Path) -> Result:
    events().write_csv(place / "events.csv")
    request = Request(
        source=str(place / "events.csv"),
        targets=("state",),
        settings=SETTINGS,
        out=str(place / "run"),
        report=True,
    )
    return train(request)


def test_the_run(run: Result) -> None:
    assert run.task == "labelling"
    assert run.scores is not None
    assert run.scores.rows == 8
    assert run.scores.beaten
    assert run.scores.best.words == "always cold, the most frequent"
    assert run.report is not None
    page = run.report.read_text()
    assert "of all steps have the right state" in page
    assert "Confusion matrix: steps of each class" in page
    assert "2024-01-0" in page


def test_a_line_for_each_step(run: Result, place: Path) -> None:
    frame = predict(run.folder, str(place / "events.csv"), proba=True)
    assert frame.columns == ["id", "day", "state", "p_cold", "p_hot"]
    assert frame.height == events().height
    frame = frame.with_columns(pl.col("day").cast(pl.String))
    both = frame.join(events(), on=["id", "day"], suffix="_true")
    assert both.height == frame.height
    share = (both["state"] == both["state_true"]).mean()
    scores, notes = evaluate(run.folder, str(place / "events.csv"))
    assert scores.model["accuracy"] == pytest.approx(share)
    assert scores.rows == 40
    assert any("a label for each step" in note for note in notes)
    model = rv.load(run.folder)
    assert model.score(place / "events.csv") == pytest.approx(share)
    assert model.evaluate(place / "events.csv")["accuracy"] == pytest.approx(share)


def test_rows_without_labels_are_predicted(run: Result, place: Path) -> None:
    new = events(5, seed=1)
    new.drop("state").write_csv(place / "new.csv")
    assert predict(run.folder, str(place / "new.csv")).height == new.height
    some = new.with_columns(state=pl.lit(None, pl.String))
    assert len(rv.load(run.folder).predict(rv.Dataset(some))) == 5


def test_a_label_that_training_never_saw_can_only_be_missed(run: Result, place: Path) -> None:
    odd = events(6, seed=2).with_columns(
        state=pl.when(pl.col("day") == "2024-01-01").then(pl.lit("broken")).otherwise("state")
    )
    odd.write_csv(place / "odd.csv")
    scores, _ = evaluate(run.folder, str(place / "odd.csv"))
    assert scores.model["accuracy"] <= 1 - 6 / odd.height
    page, _ = reporting.report(run.folder, str(place / "odd.csv"), place / "odd.html")
    assert "steps of a class that was not there in training" in page.read_text()
    again, _ = reporting.report(run.folder, out=place / "again.html")
    assert "the right state" in again.read_text()


def test_rows_without_names_are_counted(place: Path) -> None:
    X = np.random.default_rng(0).normal(size=(20, 4))
    tiny = {**SETTINGS, "epochs": 1, "series": None, "time": None}
    model = rv.RNN(**tiny).fit(X, (X > 0).astype(int))
    pl.DataFrame(X[:2], schema=["x0", "x1", "x2", "x3"]).write_csv(place / "new-rows.csv")
    frame = predict(model, str(place / "new-rows.csv"))
    assert frame.columns == ["row", "step", "prediction"]
    assert frame["row"].to_list() == ["1"] * 4 + ["2"] * 4
    assert frame["step"].to_list() == [1, 2, 3, 4] * 2
    assert frame["prediction"].to_list() == np.concatenate(list(model.predict(X[:2]))).tolist()


def test_the_baseline_is_the_most_frequent_label() -> None:
    constant = baseline(LABELLING, np.array([["a", "b"], ["b"]], object))
    truth = np.empty(2, object)
    truth[:] = [np.array(["b", "a", "b"]), np.array(["b"])]
    assert constant.words == "always b, the most frequent"
    assert [row.tolist() for row in constant.predict(truth)] == [["b"] * 3, ["b"]]
    assert constant.score(LABELLING, truth)["accuracy"] == 0.75


def test_when_a_long_table_is_no_forecast(place: Path, run: Result) -> None:
    path, given = str(place / "events.csv"), {"series": "id", "time": "day"}
    assert not series.are_meant(given, path, ("state",))
    assert series.are_meant(given, path, ("heat",))
    assert series.are_meant({"time": "day"}, path, ("heat",))
    assert not series.are_meant({**given, "task": "labelling"}, path, ("heat",))
    assert series.are_meant({**given, "horizon": 3}, path, ("state",))
    frame = events().with_columns(on=pl.col("heat") > 0, truth=(pl.col("heat") > 0).cast(pl.Int64),
                                  text=pl.col("heat").cast(pl.String), count=pl.lit(3))  # fmt: skip
    for column, classes in {"on": 1, "truth": 1, "text": 0, "count": 0, "none": 0}.items():
        assert holds_classes(frame, (column,)) == bool(classes)
    assert not holds_classes(frame, ("on", "truth"))
    assert not holds_classes([1, 2], ("on",))
    model = rv.RNN(**{**SETTINGS, "epochs": 1}).fit(place / "events.csv", target="state")
    assert model.task_ == "labelling"
    same = events().with_columns(state=pl.col("id"))
    asked = rv.RNN(**{**SETTINGS, "epochs": 1}, task="labelling").fit(same, target="state")
    assert asked.task_ == "labelling"  # though each series has one label
    numbers = events().with_columns(cold=-pl.col("heat"))
    with pytest.raises(TargetError, match="fractions"):
        rv.RNN(**SETTINGS, task="labelling").fit(numbers, target="heat")
