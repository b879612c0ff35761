"""A streamed fit: the bits of the same rows in memory, and everything that follows a fit."""

import tempfile
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.model import fitting
from ranvier.training.feeds import ArrayRows
from tests.streams.tables import SMALL, TINY, csv, frame, prepared, said
from tests.training.runs import assert_same


def fit(path, **settings):
    return rv.FCNN(**{**SMALL, "max_memory": TINY, **settings}).fit(path, target="y")


def parameters(model):
    return model._outcome.parameters


def assert_equal(one, two):
    assert one.keys() == two.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


def test_a_streamed_fit_has_the_bits_of_the_same_rows_in_memory(tmp_path):
    ready = prepared(csv(tmp_path, frame()), recipe="strong")
    assert ready.plan.window > 1
    assert ready.plan.block * ready.plan.window < ready.plan.rows / 3
    streamed, _ = fitting.train(ready)
    arrays = ready.rows.take(np.arange(len(ready.rows)))
    ready.rows.close()
    resident, _ = fitting.train(replace(ready, rows=ArrayRows(arrays)))
    assert_same(streamed, resident)


def test_the_same_preprocessing_as_in_memory(tmp_path):
    """A sample that holds all rows teaches what the rows teach."""
    path = csv(tmp_path, frame())
    streamed = fit(path, validation_fraction=0, seed=3)
    resident = rv.FCNN(**SMALL, validation_fraction=0).fit(path, target="y")
    one, two = streamed.preprocessor_.to_state(), resident.preprocessor_.to_state()
    assert one[0] == two[0]
    assert_equal(one[1], two[1])
    assert streamed._coder.task == resident._coder.task
    np.testing.assert_allclose(streamed._coder.mean, resident._coder.mean)
    np.testing.assert_allclose(streamed._coder.scale, resident._coder.scale)
    assert "row (counts the rows)" in str(streamed.decisions_)


@pytest.mark.parametrize(
    "kind", ["csv", "gzip", "semicolons", "parquet", "feather", "folder", "folder of csv"]
)
def test_every_form_of_the_same_rows_gives_the_same_bits(tmp_path, kind):
    table = frame(600)
    plain = fit(csv(tmp_path, table))
    parts = [table[:250], table[250:]]
    path = tmp_path / "parts"
    path.mkdir()
    if kind == "csv":
        path = tmp_path / "big.csv"
    elif kind == "gzip":
        import gzip

        path = tmp_path / "big.csv.gz"
        path.write_bytes(gzip.compress((tmp_path / "big.csv").read_bytes()))
    elif kind == "semicolons":
        path = csv(tmp_path, table, "commas.csv", separator=";", decimal_comma=True)
    elif kind == "feather":
        path = tmp_path / "big.feather"
        table.write_ipc(path, compression="zstd")
    elif kind == "parquet":
        path = tmp_path / "big.parquet"
        table.write_parquet(path)
    elif kind == "folder":
        for number, part in enumerate(parts):
            part.write_parquet(path / f"{number}.parquet")
    else:
        for number, part in enumerate(parts):
            csv(path, part, f"{number}.csv")
    assert_equal(parameters(plain), parameters(fit(path)))


def test_another_seed_other_bits_and_the_size_of_a_piece_none(tmp_path, monkeypatch):
    path = csv(tmp_path, frame(600))
    one, two = fit(path), fit(path, seed=1)
    assert any((parameters(one)[n] != parameters(two)[n]).any() for n in parameters(one))
    monkeypatch.setattr("ranvier.data.streams.text.PIECE", 1 << 14)
    assert_equal(parameters(one), parameters(fit(path)))


def test_what_follows_a_fit(tmp_path):
    table = frame()
    path = csv(tmp_path, table)
    model = fit(path, epochs=20)
    assert model.evaluate(table.drop("y"), table["y"])["r2"] > 0.5
    assert len(model.history_) == 20
    assert "valid_rmse" in model.history_[0]
    model.save(tmp_path / "model.ranvier")
    again = rv.load(tmp_path / "model.ranvier")
    np.testing.assert_array_equal(again.predict(path), model.predict(path))
    memory = " ".join(text for label, text in model.decisions_ if label == "memory")
    assert "streamed" in memory
    assert "removed afterwards" in memory


@pytest.mark.parametrize("weight", ["balanced", {"no": 1.0, "yes": 3.0}])
def test_classes_and_their_weights(tmp_path, weight):
    table = frame().with_columns(
        y=pl.when(pl.col("y") > 0.8).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    ready = prepared(csv(tmp_path, table), class_weight=weight)
    every = np.arange(len(ready.rows))
    weights = ready.weights[every]
    target = ready.rows.take(every)["target"].ravel()
    ready.rows.close()
    assert ready.coder.classes.tolist() == ["no", "yes"]
    assert len(np.unique(weights)) == 2
    np.testing.assert_allclose(weights.mean(), 1, rtol=1e-5)
    ratio = weights[target == 1][0] / weights[target == 0][0]
    wanted = 3.0 if isinstance(weight, dict) else (target == 0).sum() / (target == 1).sum()
    np.testing.assert_allclose(ratio, wanted, rtol=1e-4)


def test_several_labels(tmp_path):
    generator = np.random.default_rng(0)
    X = generator.normal(size=(500, 2)).round(3)
    table = pl.DataFrame({"a": X[:, 0], "b": X[:, 1], "p": X[:, 0] > 0, "q": X[:, 1] > 0})
    table = table.with_columns(pl.col("p", "q").cast(int))
    assert "multilabel" in said(csv(tmp_path, table), ("p", "q"))
    table[400, "q"] = 2
    assert "regression" in said(csv(tmp_path, table), ("p", "q"))


def test_rows_without_a_target_are_left_out(tmp_path):
    table = frame().with_columns(y=pl.when(pl.col("row") % 10 > 0).then(pl.col("y")))
    words = said(csv(tmp_path, table), task="regression")
    assert "120 rows without y are not used" in words
    assert "972 rows train, 108 rows validate" in words


def test_the_cache_lies_in_the_run_folder_and_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = csv(tmp_path, frame(600))
    fit(path)
    assert not list((tmp_path / "temporary").iterdir())
    run = tmp_path / "run"
    (run / "cache").mkdir(parents=True)
    (run / "cache" / "bucket-0").write_text("of a run that was killed")
    model = rv.FCNN(**SMALL, max_memory=TINY).fit(path, target="y", run_dir=run)
    assert str(run / "cache") in str(model.decisions_)
    assert [entry.name for entry in run.iterdir()] == ["checkpoints"]
