"""Models in `.keras` files, opened by plain Keras in this process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranvier.export.keras.model import as_keras_computes, keras_module
from ranvier.export.keras.writing import run_keras, write_keras
from tests.export.models import PLAIN, model


@pytest.fixture(scope="module", params=PLAIN)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A program, and what Keras reads from its file without custom objects."""
    program = model(request.param)._exported()
    path = Path(tmp_path_factory.mktemp("keras"), "network.keras")
    write_keras(program, program.graph(), path)
    with as_keras_computes():
        return program, keras_module().models.load_model(path)


@pytest.mark.parametrize("size", [1, 3, 32])
def test_it_answers_as_the_model_at_every_batch_size(opened: Any, size: int) -> None:
    program, network = opened
    rows = {name: array[:size] for name, array in program.rows.items()}
    with as_keras_computes():
        found = network(rows, training=False)
    assert set(found) == set(program.answers)
    for name, expected in program.answers.items():
        np.testing.assert_allclose(found[name], expected[:size], rtol=0, atol=1e-5)


def test_a_file_is_run_at_once(opened: Any, tmp_path: Path) -> None:
    program, network = opened
    with as_keras_computes():
        network.save(tmp_path / "again.keras")
    (found,) = run_keras(tmp_path / "again.keras", [program.rows])
    for name, expected in program.answers.items():
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-5)


def test_the_layers_bear_the_names_of_the_network(opened: Any) -> None:
    program, network = opened
    names = {layer.name for layer in network.layers}
    for step in program.graph().steps:
        if step.kind in ("dense", "convolution", "recurrent", "batch_normalization"):
            # A layer that is called again keeps its name.
            assert re.sub(r"/\d+$", "", step.name).replace("/", "_") in names or (
                step.name.replace("/", "_") in names
            )


def test_all_weights_are_in_layers_that_a_reader_sees(opened: Any) -> None:
    program, network = opened
    kernels = sum(a.size for name, a in program.weights.items() if name.endswith("kernel"))
    assert network.count_params() >= kernels
