"""`.keras` files in Keras's other backends, and what TensorFlow makes of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.errors import MissingExtraError
from ranvier.export.keras import writing
from ranvier.export.programs.supervised import program
from tests.export.keras.made import computing
from tests.export.models import PLAIN, model

BENCHMARKS = Path(__file__).parents[3] / ".cache" / "benchmarks"


def python_with(package: str) -> str | None:
    """An environment that has it: this one, or that of the benchmarks."""
    if find_spec(package) is not None:
        return sys.executable
    found = BENCHMARKS / package / "bin" / "python"
    return str(found) if (BENCHMARKS / package / "ready").exists() else None


TENSORFLOW, TORCH = python_with("tensorflow"), python_with("torch")
with_tensorflow = pytest.mark.skipif(TENSORFLOW is None, reason="TensorFlow is not installed")
with_torch = pytest.mark.skipif(TORCH is None, reason="PyTorch is not installed")
Run = Callable[..., list[dict[str, np.ndarray]]]


def largest(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], size: int) -> float:
    assert set(found) == set(expected)
    return max(float(np.abs(found[name] - expected[name][:size]).max()) for name in expected)


def check(one: Any, path: Path, run: Run, **more: Any) -> None:
    """One file at three batch sizes."""
    sizes = (1, 3, 32)
    trials = [{name: array[:size] for name, array in one.rows.items()} for size in sizes]
    for size, found in zip(sizes, run(path, trials, **more), strict=True):
        assert largest(found, one.answers, size) < 1e-5


@pytest.mark.slow
@with_tensorflow
def test_columns_that_need_64_bits_keep_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    inputs = np.stack([1.7e9 + rng.random(100) * 60, rng.random(100)], axis=1)
    wide = rv.FCNN(epochs=1, verbose=0, hidden=(8,)).fit(inputs, inputs[:, 0] > 1.7e9 + 30)
    one, path = program(wide), tmp_path / "network.keras"
    assert one.inputs["numbers"].dtype == "float64"
    writing.write_keras(one, one.graph(), path)
    check(one, path, writing.run_keras)
    writing.write_saved_model(one, one.graph(), tmp_path / "network", python=TENSORFLOW)
    check(one, tmp_path / "network", writing.run_saved_model, python=TENSORFLOW)


@pytest.mark.slow
def test_the_source_is_clean_and_runs_by_itself(tmp_path: Path) -> None:
    for name in PLAIN:
        one, path = model(name)._exported(), tmp_path / f"{name}.py"
        writing.write_source(one, one.graph(), path)
        ruff = [sys.executable, "-m", "ruff"]
        for words in (["format", "--check"], ["check", "--select", "E,F,I,UP"]):
            subprocess.run([*ruff, *words, "--isolated", path], check=True)
    command = [sys.executable, "-I", str(tmp_path / "rnn of texts.py")]
    done = subprocess.run(
        command, env={"KERAS_BACKEND": "jax", "HOME": str(tmp_path)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert "stack_forward_0" in done.stdout  # the summary
    assert "'probabilities'" in done.stdout


@pytest.mark.skipif(find_spec("tensorflow") is not None, reason="TensorFlow is installed")
@pytest.mark.parametrize("write", [writing.write_saved_model, writing.write_litert])
def test_without_tensorflow_one_sentence_says_how_to_get_it(tmp_path: Path, write: Any) -> None:
    one = computing(lambda x: x * 2, x=np.ones((2, 3), np.float32))
    with pytest.raises(MissingExtraError, match=r"tensorflow.*pip install 'ranvier\[tensorflow\]'"):
        write(one, one.graph(), tmp_path / "network")
    assert not list(tmp_path.iterdir())
