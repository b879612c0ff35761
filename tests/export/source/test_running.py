"""Written files answer as the model does, in a process without Ranvier."""

from __future__ import annotations

import numpy as np
import pytest

from ranvier.errors import ExportError
from ranvier.export.source.flax import write_flax
from ranvier.export.source.running import run_flax, run_torch
from ranvier.export.source.torch import write_torch
from tests.export.source.cases import CASES
from tests.export.source.conftest import fitted


def _check(program, run, path, sizes=(32, 1)):
    trials = [{name: array[:size] for name, array in program.rows.items()} for size in sizes]
    for size, found in zip(sizes, run(path, trials), strict=True):
        assert set(found) == set(program.answers)
        for name, wanted in program.answers.items():
            assert found[name].dtype == wanted.dtype
            np.testing.assert_allclose(found[name], wanted[:size], rtol=0, atol=1e-5)


def test_flax(tmp_path):
    program = fitted("fcnn")
    write_flax(program, program.graph(), tmp_path / "model.py")
    _check(program, run_flax, tmp_path / "model.py", sizes=(32,))


@pytest.mark.slow
def test_flax_of_each_kind(made, tmp_path):
    write_flax(made, made.graph(), tmp_path / "model.py")
    _check(made, run_flax, tmp_path / "model.py")


@pytest.mark.slow
def test_torch_of_each_kind(made, torch_python, tmp_path):
    write_torch(made, made.graph(), tmp_path / "model.py")
    _check(made, lambda path, trials: run_torch(path, trials, torch_python), tmp_path / "model.py")


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_flax_of_further_layers(case, tmp_path):
    program = CASES[case]()
    write_flax(program, program.graph(), tmp_path / "model.py")
    _check(program, run_flax, tmp_path / "model.py", sizes=(4,))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_torch_of_further_layers(case, torch_python, tmp_path):
    program = CASES[case]()
    path = tmp_path / "model.py"
    write_torch(program, program.graph(), path)
    _check(program, lambda path, trials: run_torch(path, trials, torch_python), path, sizes=(4,))


def test_a_file_that_does_not_run_says_why(tmp_path):
    program = fitted("fcnn")
    path = tmp_path / "model.py"
    write_flax(program, program.graph(), path)
    path.write_text('raise ValueError("of its own")\n')
    with pytest.raises(ExportError, match=r"model.py was written and does not run: .*of its own"):
        run_flax(path, [program.rows])
