"""A file is only kept if it answers as the model."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

import ranvier as rv
from ranvier.export import writing
from ranvier.export.formats import FORMATS
from tests.export.models import model, numbers


def test_a_file_that_answers_otherwise_is_not_kept_and_the_older_one_is(tmp_path):
    path = tmp_path / "model.stablehlo"
    program = model("fcnn")._exported()
    writing.write(program, path)
    before = path.read_bytes()
    other = replace(program, answers={name: 1.0 - array for name, array in program.answers.items()})

    with pytest.raises(rv.ExportError, match="answers otherwise than the model, by up to"):
        writing.write(other, path)

    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, f"{path.name}.json"]


def test_nan_is_no_answer(tmp_path):
    program = model("fcnn")._exported()
    spoilt = {name: np.full_like(array, np.nan) for name, array in program.weights.items()}

    with pytest.raises(rv.ExportError, match="answers otherwise"):
        writing.write(replace(program, weights=spoilt), tmp_path / "model.onnx")


def test_the_suffix_tells_the_format(tmp_path):
    assert model("fcnn").export(tmp_path / "model.onnx").format == "onnx"
    assert model("fcnn").export(tmp_path / "any", "stablehlo").format == "stablehlo"


def test_weights_and_a_readable_description(tmp_path):
    fitted = model("fcnn")
    fitted.export(tmp_path / "plain", "safetensors")

    weights = load_file(tmp_path / "plain" / "model.safetensors")
    said = json.loads((tmp_path / "plain" / "model.json").read_text())
    np.testing.assert_array_equal(weights["output/kernel"], fitted.network_.output.kernel[...])
    assert said["family"] == "fcnn"
    assert said["classes"] == [0, 1, 2]
    assert said["inputs"]["numbers"]["shape"] == ["rows", 5]


def test_an_unknown_suffix_names_those_that_are_known(tmp_path):
    with pytest.raises(rv.HyperparameterError, match=r"one of \.onnx.*or by format="):
        model("fcnn").export(tmp_path / "model.foo")


def test_an_unknown_format_names_the_nearest(tmp_path):
    with pytest.raises(rv.HyperparameterError, match='Nearest: "onnx"'):
        model("fcnn").export(tmp_path / "model", "onx")


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    for name in FORMATS:
        with pytest.raises(rv.ExportError, match="holds something else"):
            model("fcnn").export(tmp_path, name)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_exported_folder_is_renewed_and_keeps_what_was_put_beside(tmp_path):
    folder = tmp_path / "fcnn"
    for _ in range(2):
        model("fcnn").export(folder, "safetensors")
        (folder / "mine.txt").write_text("mine")

    assert sorted(p.name for p in folder.iterdir()) == [
        "mine.txt", "model.json", "model.safetensors",
    ]  # fmt: skip
    source = tmp_path / "source"
    source.mkdir()
    (source / "network_torch.py").write_text("")
    assert model("fcnn").export(source, "source").path == source
    assert "class Network" in (source / "network_torch.py").read_text()


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(rv.ExportError, match="cannot be written"):
        model("fcnn").export(tmp_path / "file" / "model.onnx")


def test_an_unfitted_model_has_nothing_to_export(tmp_path):
    with pytest.raises(Exception, match="not fitted"):
        rv.FCNN().export(tmp_path / "model.onnx")


def test_rows_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ValueError, match="features"):
        model("fcnn").export(tmp_path / "model.onnx", X=numbers(4))
