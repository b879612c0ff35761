"""What a person meets who opens a written file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import ranvier as rv
from ranvier.export.keras.writing import write_source
from ranvier.export.programs.program import Program, Tensor, answers
from ranvier.export.programs.supervised import program
from ranvier.export.source.flax import write_flax
from ranvier.export.source.torch import write_torch
from tests.export.source.conftest import fitted

WRITERS = {"torch": write_torch, "flax": write_flax}


def _written(kind: str, framework: str, folder: Path) -> str:
    path = folder / f"{kind}.py"
    made = fitted(kind)
    WRITERS[framework](made, made.graph(), path)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("framework", WRITERS)
def test_linter_and_formatter_have_nothing_to_say(made, framework, tmp_path):
    WRITERS[framework](made, made.graph(), tmp_path / "model.py")
    for command in (["format", "--check"], ["check", "--select", "E,F,I"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + (tmp_path / "model.py").read_text()


@pytest.mark.parametrize("framework", WRITERS)
def test_nothing_of_ranvier_is_needed(made, framework, tmp_path):
    WRITERS[framework](made, made.graph(), tmp_path / "model.py")
    tree = ast.parse((tmp_path / "model.py").read_text())
    roots = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert roots <= {"pathlib", "torch", "safetensors", "flax", "jax"}


def test_channels_are_turned_once(tmp_path):
    source = _written("cnn", "torch", tmp_path)
    # Of the pictures, and of their mirror images.
    assert source.count("permute") + source.count("transpose") == 2
    assert "x.amax(dim=(2, 3))" in source


def test_a_mask_is_turned_once_as_well(tmp_path):
    source = _written("rnn", "torch", tmp_path)
    assert source.count(".transpose(1, 2)") == 2  # the rows and their mask


def test_layers_bear_their_names(tmp_path):
    source = _written("fcnn", "torch", tmp_path)
    assert "self.hidden_0_dense = nn.Linear(" in source
    assert "x = self.hidden_1_dense(x)" in source
    assert "return probabilities" in source


def test_the_heading_tells_inputs_and_classes(tmp_path):
    source = _written("fcnn", "flax", tmp_path)
    doc = ast.get_docstring(ast.parse(source))
    assert "numbers: float32 (batch, 5): the columns; NaN where one is missing." in doc
    assert "probabilities: float32 (batch, 3), of the classes 0, 1, 2." in doc
    assert "fcnn.safetensors" in doc


def test_attention_is_told_by_its_names(tmp_path):
    source = _written("transformer", "torch", tmp_path)
    assert "query = query * cosines + y * sines" in source
    assert "scores = query @ key" in source


def test_views_go_through_the_same_layers(tmp_path):
    rng = np.random.default_rng(0)
    pictures = rng.uniform(0, 255, (32, 8, 8, 3))
    model = rv.CNN(epochs=1, filters=(4,), depth=1, flip="horizontal", verbose=0)
    made = program(model.fit(pictures, np.arange(32) % 3))
    write_torch(made, made.graph(), tmp_path / "model.py")
    source = (tmp_path / "model.py").read_text(encoding="utf-8")

    assert "x = x.flip(2)" in source
    assert source.count("nn.Conv2d(") == 2
    assert source.count("= self.stem_block_convolution(") == 2


@pytest.mark.parametrize("framework", [*WRITERS, "keras"])
def test_layers_that_happen_to_be_alike_stay_two(framework, tmp_path):
    def function(weights, given):
        return {"y": given["x"] @ weights["first/kernel"] @ weights["second/kernel"]}

    weights = {name: np.eye(3, dtype=np.float32) for name in ("first/kernel", "second/kernel")}
    rows = {"x": np.ones((2, 3), np.float32)}
    tensors = {"x": Tensor((3,), "float32", "numbers")}
    made = Program(tensors, function, weights, rows, answers(function, weights, rows))
    write = WRITERS.get(framework, write_source)
    write(made, made.graph(), tmp_path / "model.py")

    source = (tmp_path / "model.py").read_text(encoding="utf-8")
    found = re.findall(r"(?:nn|nnx|keras.layers)\.(?:Linear|Dense)\(", source)
    assert len(found) == 2
