"""`ranvier export`."""

import onnxruntime
import pytest

import ranvier as rv
from ranvier.export.formats import FORMATS, PUBLISHED


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "iris.ranvier"
    rv.FCNN(hidden=(4,), epochs=1, verbose=0).fit(rv.read("iris")).save(path)
    return path


def test_a_file_beside_the_model_that_answers_as_the_model(run, model):
    done = run("export", str(model), "--format", "onnx", "--check", "iris")

    assert done.exit_code == 0
    assert "answers as the model on 150 rows" in done.output
    session = onnxruntime.InferenceSession(str(model.with_suffix(".onnx")))
    assert session.get_inputs()[0].shape == ["b", 4]


@pytest.mark.parametrize(
    ("config", "rows"),
    [('{"source": "iris"}', 150), ('{"source": "gone.csv"}', 32), ("[", 32), ('["source"]', 32)],
)
def test_a_run_is_tried_on_its_training_data_where_that_is_at_hand(
    run, model, tmp_path, config, rows
):
    (tmp_path / "model.ranvier").write_bytes(model.read_bytes())
    (tmp_path / "config.json").write_text(config)

    done = run("export", str(tmp_path), "--format", "safetensors")
    assert f"answers as the model on {rows} rows" in done.output


def test_neither_a_format_nor_a_place(run, model):
    done = run("export", str(model))

    assert done.exit_code == 1
    assert "Say which format by --format, one of onnx, keras" in done.output


def test_an_unknown_format(run, model):
    done = run("export", str(model), "--format", "onx")

    assert done.exit_code == 1
    assert 'Nearest: "onnx"' in done.output


def test_help_names_every_format(run):
    said = run("export", "--help").output

    assert all(name in said for name in (*FORMATS, PUBLISHED))
