"""What onnxruntime makes of the files."""

import json

import numpy as np
import onnxruntime
import polars as pl
import pytest

from ranvier.export.onnx import writing
from tests.export.models import MODELS, even, model, numbers, pictures, sequences, table, texts

ASKED = {
    "fcnn": numbers, "fcnn of a table": lambda: table().drop("price"), "cnn": pictures,
    "rnn of equal lengths": even, "rnn": sequences, "rnn of texts": texts, "transformer": texts,
}  # fmt: skip


FIXED = {"autoencoder of sequences"}  # which has to know its sizes


# The others take as long again, and have little of their own.
USUAL = {
    "fcnn of a table", "fcnn of members", "cnn", "u-net", "rnn of texts", "gru", "forecast",
    "transformer", "gpt", "quantised autoencoder", "gan", "super-resolution",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [name if name in USUAL else pytest.param(name, marks=pytest.mark.slow) for name in MODELS],
)
def test_it_answers_as_the_model_for_any_number_of_rows(name, tmp_path):
    path = tmp_path / "model.onnx"
    program = model(name)._exported()
    program = program.fixed() if name in FIXED else program
    writing.write(program, program.graph(), path)

    sizes = (1, 2, len(next(iter(program.rows.values()))))
    trials = [{k: v[:rows] for k, v in program.rows.items()} for rows in sizes]
    for rows, found in zip(sizes, writing.run(path, trials), strict=True):
        assert found.keys() == program.answers.keys()
        for key, answer in program.answers.items():
            unit = program.units.get(key, 1.0)
            np.testing.assert_allclose(found[key] / unit, answer[:rows] / unit, atol=1e-5)


@pytest.mark.parametrize("name", ASKED)
def test_it_answers_peoples_own_rows_as_predict_does(name, tmp_path):
    fitted, X = model(name), ASKED[name]()
    path = tmp_path / "model.onnx"
    done = fitted.export(path, X=X)

    session = onnxruntime.InferenceSession(str(path))
    (found,) = session.run(None, fitted.export_inputs(X))
    if fitted.task_ == "regression":
        np.testing.assert_allclose(found, fitted.predict(X), rtol=1e-4, atol=0.1)
    else:
        np.testing.assert_allclose(found, fitted.predict_proba(X), atol=1e-5)
    assert done.difference <= 1e-5
    assert done.rows == len(X)


def test_rows_never_seen_and_missing_values_are_answered_too(tmp_path):
    fitted, X = model("fcnn of a table"), table().drop("price").head(3)
    fitted.export(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    odd = X.with_columns(seconds=None, size=1e30, colour=pl.lit("violet"), town=None, new=None)

    (found,) = session.run(None, fitted.export_inputs(odd))

    np.testing.assert_allclose(found, fitted.predict(odd), rtol=1e-4)


def test_what_turns_text_into_numbers_stands_beside_and_inside(tmp_path):
    fitted = model("fcnn of a table")
    done = fitted.export(tmp_path / "model.onnx")

    said = json.loads(done.beside.read_text())
    inside = onnxruntime.InferenceSession(str(done.path)).get_modelmeta().custom_metadata_map
    assert said["categories"]["colour"] == {"blue": 1, "green": 2, "red": 3}
    assert json.loads(inside["categories"]) == said["categories"]
    assert said["inputs"]["numbers"]["dtype"] == "float64"
