"""Files for rows of any length, and pictures of any size, where the network allows it."""

from __future__ import annotations

import json
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
import pytest

from ranvier.errors import ExportError
from ranvier.export import stablehlo
from ranvier.export.keras import writing as keras
from ranvier.export.onnx import writing as onnx
from ranvier.export.programs.program import Program, Tensor, answers
from ranvier.export.source.flax import write_flax
from ranvier.export.source.running import run_flax
from ranvier.export.symbols import difference, plus, terms
from ranvier.export.writing import compared, write
from tests.export.models import model, sequences, texts

FREE = ("rnn of steps", "transformer", "gpt", "super-resolution")
MORE = ("rnn", "rnn of equal lengths", "gru", "rnn of texts", "elman", "bert")
NAMES = [*FREE, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)]


def _onnx(program, path):
    onnx.write(program, program.graph(), path)
    return onnx.run(path, [program.resized().rows])[0]


def _stablehlo(program, path):
    stablehlo.write(program, path)
    return stablehlo.run(path, [program.resized().rows])[0]


@pytest.mark.parametrize("run", [_onnx, _stablehlo])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_takes_rows_of_another_size(name, run, tmp_path):
    program = model(name)._exported()
    assert program.usual

    assert compared(program.resized(), run(program, tmp_path / "model")) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", [*FREE[:-1], *MORE])
def test_keras_takes_rows_of_another_length(name, tmp_path):
    program, path = model(name)._exported(), tmp_path / "model.keras"
    keras.write_keras(program, program.graph(), path)

    resized = program.resized()
    (found,) = keras.run_keras(path, [resized.rows])
    assert compared(resized, found) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("name", [*FREE, *MORE])
def test_flax_source_takes_rows_of_another_size(name, tmp_path):
    program, path = model(name)._exported(), tmp_path / "network.py"
    write_flax(program, program.graph(), path)

    resized = program.resized()
    (found,) = run_flax(path, [resized.rows])
    assert compared(resized, found) < 1e-4


def test_rows_longer_than_those_of_training_are_answered_as_the_model_does(tmp_path):
    rnn = model("rnn")
    rng = np.random.default_rng(1)
    longer = [rng.normal(size=(n, 2)).astype(np.float32) + 4 for n in (20, 3, 33)]
    assert max(map(len, sequences())) < 33
    rnn.export(tmp_path / "model.onnx")

    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    given = rnn.export_inputs(longer)
    assert given["steps"].shape == (3, 33, 2)
    (found,) = session.run(None, given)
    np.testing.assert_allclose(found, rnn.predict_proba(longer), atol=1e-6)


def test_rows_need_no_more_padding_than_the_longest_of_them(tmp_path):
    rnn = model("transformer")
    rnn.export(tmp_path / "model.onnx")

    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    short = sorted(texts(), key=len)[:4]
    given = rnn.export_inputs(short)
    longest = given["lengths"].max()
    assert longest < given["tokens"].shape[1]
    cut = {k: array if k == "lengths" else array[:, :longest] for k, array in given.items()}
    np.testing.assert_allclose(
        session.run(None, cut)[0], rnn.predict_proba(short), atol=1e-6
    )  # fmt: skip


def test_what_is_beside_the_file_says_which_sizes_are_free(tmp_path):
    exported = model("gpt").export(tmp_path / "model.onnx")

    said = json.loads(exported.beside.read_text())
    assert said["inputs"]["tokens"]["shape"] == ["rows", "steps"]
    assert said["outputs"]["logits"]["shape"][:2] == ["rows", "free"]


def test_a_network_that_has_to_know_its_sizes_is_written_for_those_of_training(tmp_path):
    coder = model("autoencoder of sequences")
    assert coder._exported().usual == {"n": 7}

    exported = coder.export(tmp_path / "model.onnx")
    assert exported.difference < 1e-5
    assert json.loads(exported.beside.read_text())["inputs"]["steps"]["shape"] == ["rows", 7, 2]


def test_a_file_of_one_length_is_tried_on_rows_that_are_no_longer(tmp_path):
    rng = np.random.default_rng(1)
    rows = [rng.normal(size=(n, 2)).astype(np.float32) for n in (20, 3, 5)]
    program = replace(model("rnn")._exported(), rows=model("rnn").export_inputs(rows))
    program = replace(program, answers=answers(program.function, program.weights, program.rows))

    fixed = program.fixed()
    assert fixed.rows["steps"].shape == (2, 7, 2)
    assert fixed.answers["probabilities"].shape == (2, 3)
    with pytest.raises(ExportError, match=r"rows of 7 steps.* all rows to try it with"):
        replace(program, rows={k: a[:1] for k, a in program.rows.items()}).fixed()


def test_rows_of_one_step_are_tried_with_two():
    program = _program(_last, {"w": np.ones((1, 1, 2), np.float32)}, size=1)

    assert program.resized().rows["x"].shape == (4, 2, 2)
    assert program.resized().answers["rest"].shape == (4, 1, 2)


def test_sizes_are_compared_as_sums():
    assert difference("h + 4", "h") == 4
    assert difference("2*h - 1", "2*h + 1") == -2
    assert difference("h", "w") is None
    assert plus(plus("h", 0), 3) == "h + 3"
    assert terms("2*b*n - 3 + n") == {"b*n": 2, "n": 1, "": -3}
    assert terms("n^2 - n") == {"n*n": 1, "n": -1}
    with pytest.raises(ExportError, match="cannot be exported"):
        terms("floordiv(n, 2)")


def _program(function, weights, size=6):
    rows = {"x": np.random.default_rng(0).normal(size=(4, size, 2)).astype(np.float32)}
    tensors = {"x": Tensor(("n", 2), "float32", "steps")}
    found = answers(function, weights, rows)
    return Program(tensors, function, weights, rows, found, usual={"n": size})


def _last(weights, given):
    x = given["x"]
    steps = x.shape[1]
    last = jax.lax.slice_in_dim(x, steps - 1, steps, axis=1)
    return {"last": last * weights["w"], "rest": jax.lax.slice_in_dim(x, 0, steps - 1, axis=1)}


def _positions(weights, given):
    return {"sum": given["x"] + weights["positions"][None, : given["x"].shape[1]]}


def test_parts_are_counted_from_the_end(tmp_path):
    program = _program(_last, {"w": np.array([[[2, 3]]], np.float32)})

    assert compared(program.resized(), _onnx(program, tmp_path / "model.onnx")) < 1e-6
    write_flax(program, program.graph(), tmp_path / "network.py")
    (found,) = run_flax(tmp_path / "network.py", [program.resized().rows])
    assert compared(program.resized(), found) < 1e-6


def test_a_table_of_positions_may_be_too_short_and_so_sizes_are_fixed(tmp_path):
    weights = {"positions": np.arange(12, dtype=np.float32).reshape(6, 2)}

    exported = write(_program(_positions, weights), tmp_path / "model.onnx")
    assert json.loads(exported.beside.read_text())["outputs"]["sum"]["shape"] == ["rows", 6, 2]


def _pairs(weights, given):
    """Each step with each other, one after the other."""
    x = given["x"][..., 0] * weights["w"]
    found = x[:, :, None] * x[:, None]
    return {"pairs": found.reshape(x.shape[0], -1)}


def test_products_of_sizes_are_counted(tmp_path):
    program = _program(_pairs, {"w": np.ones((1, 1), np.float32)})

    exported = write(program, tmp_path / "model.onnx")
    assert exported.difference < 1e-6
    assert json.loads(exported.beside.read_text())["outputs"]["pairs"]["shape"] == ["rows", "free"]


@pytest.mark.parametrize("places", [[3], [0, 2], [1, 3, 5], [5, 3], [0, 0], [2, 3, 5]])
def test_places_by_equal_steps_are_a_slice(places, tmp_path):
    program = _program(lambda weights, given: {"y": given["x"][:, jnp.array(places)]}, {}).fixed()
    if places in ([5, 3], [0, 0], [2, 3, 5]):
        with pytest.raises(ExportError, match="picked out of an array"):
            program.graph()
    else:
        assert write(program, tmp_path / "model.onnx").difference == 0.0
