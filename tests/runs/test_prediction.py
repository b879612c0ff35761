"""Predictions as a frame, and the files they are written to."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import DataError, DataWarning, TargetError
from ranvier.runs.prediction import SUFFIXES, check_place, predict, write
from ranvier.runs.request import Request
from ranvier.runs.training import Result, train

QUICK = {"recipe": "textbook", "hidden": (8,), "epochs": 2}


def test_rows_keep_their_order(iris_run: Result) -> None:
    frame = predict(iris_run.folder, "iris")
    assert frame.columns == ["species"]
    expected = rv.load(iris_run.folder).predict(rv.read("iris", test_fraction=0))
    assert frame["species"].to_list() == list(expected)


def test_probabilities(iris_run: Result) -> None:
    frame = predict(iris_run.folder, "iris", proba=True)
    assert frame.columns == ["species", "p_setosa", "p_versicolor", "p_virginica"]
    shares = frame.drop("species").to_numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-6)
    named = [frame.columns[1 + n].removeprefix("p_") for n in shares.argmax(axis=1)]
    assert frame["species"].to_list() == named


def test_a_missing_column_is_said(iris_run: Result, tmp_path: Path) -> None:
    table = rv.read("iris").inputs
    assert isinstance(table, pl.DataFrame)
    table.drop("petal width (cm)").write_csv(tmp_path / "less.csv")
    with pytest.warns(DataWarning, match='less.csv has no column "petal width'):
        assert predict(iris_run.folder, str(tmp_path / "less.csv")).height == 150


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_written_by_suffix(suffix: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"kind": ["a", "b,c"], "p_a": [0.25, 0.125]})
    place = check_place(tmp_path / f"out{suffix}")
    write(frame, place)
    assert os.listdir(tmp_path) == [f"out{suffix}"]
    readers = {
        ".csv": pl.read_csv,
        ".tsv": lambda path: pl.read_csv(path, separator="\t"),
        ".parquet": pl.read_parquet,
        ".feather": lambda path: pl.read_ipc(path.read_bytes()),
        ".jsonl": pl.read_ndjson,
        ".npz": lambda path: pl.DataFrame(dict(np.load(path).items())),
    }
    assert readers[suffix](place).equals(frame)


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'has the suffix ".xls"; predictions are written as .csv'):
        check_place(tmp_path / "out.xls")
    with pytest.raises(DataError, match=r"there is no folder .*nowhere"):
        check_place(tmp_path / "nowhere" / "out.csv")
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(DataError, match="is a folder; name a file"):
        check_place(tmp_path / "x.csv")


def test_an_older_file_stays_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "out.csv"
    place.write_text("older")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(DataError, match=r"out.csv cannot be written \(No space left on device\)"):
        write(pl.DataFrame({"y": [1]}), place)
    assert place.read_text() == "older"
    assert os.listdir(tmp_path) == ["out.csv"]


def test_several_numbers(workplace: Path) -> None:
    rng = np.random.default_rng(0)
    table = pl.DataFrame({"x": rng.normal(size=60)})
    table = table.with_columns(a=pl.col("x") * 2, b=pl.col("x") - 1)
    table.write_parquet("two.parquet")
    result = train(Request(source="two.parquet", targets=("a", "b"), settings=QUICK))
    frame = predict(result.folder, "two.parquet")
    assert frame.columns == ["a", "b"]
    assert frame.height == 60
    with pytest.raises(TargetError, match="--proba needs a model of classes"):
        predict(result.folder, "two.parquet", proba=True)
