"""Fitted models of each kind, as programs, and an interpreter with PyTorch if there is one."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import ranvier as rv
from ranvier.export.programs.program import Program
from ranvier.export.programs.supervised import program

KINDS = ("table", "pictures", "texts", "sequences", "transformer")
TEXTS = ["good film it was", "bad film it was not", "so good", "so bad"] * 8


@cache
def fitted(kind: str) -> Program:
    """A model that has seen a few rows once."""
    rng = np.random.default_rng(0)
    labels = np.arange(32) % 3
    plain = {"epochs": 1, "verbose": 0}
    if kind == "table":
        rows = rng.normal(size=(32, 7))
        rows[:, 2] = 1.0  # tells nothing, and is left out
        rows[3, 4] = np.nan
        return program(rv.FCNN(hidden=(16, 16), **plain).fit(rows, labels))
    if kind == "pictures":
        return program(
            rv.CNN(filters=(4, 8), test_time=False, **plain).fit(
                rng.uniform(0, 255, (32, 8, 8, 3)), labels
            )
        )
    if kind == "sequences":
        rows = [rng.normal(size=(5 + n % 4, 2)).astype(np.float32) for n in range(32)]
        return program(rv.RNN(**plain).fit(rows, labels % 2))
    family = rv.RNN if kind == "texts" else rv.Transformer
    return program(family(**plain).fit(TEXTS, [1, 0, 1, 0] * 8))


@pytest.fixture(params=KINDS)
def made(request: pytest.FixtureRequest) -> Program:
    return fitted(request.param)


@pytest.fixture
def torch_python() -> str:
    """An interpreter with torch and safetensors."""
    from importlib.util import find_spec

    if find_spec("torch") is not None:
        return sys.executable
    found = Path(__file__).parents[3] / ".cache/benchmarks/torch/bin/python"
    if not found.exists():
        pytest.skip("PyTorch is not installed")
    return str(found)
