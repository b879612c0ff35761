"""Fitted models of each kind, as programs, and an interpreter with PyTorch if there is one."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from ranvier.export.programs.program import Program
from tests.export.models import PLAIN, model


def fitted(name: str) -> Program:
    """What one of the small models computes."""
    return model(name)._exported()


@pytest.fixture(params=PLAIN)
def made(request: pytest.FixtureRequest) -> Program:
    return fitted(request.param)


@pytest.fixture
def torch_python() -> str:
    """An interpreter with torch and safetensors."""
    if find_spec("torch") is not None:
        return sys.executable
    found = Path(__file__).parents[3] / ".cache/benchmarks/torch/bin/python"
    if not found.exists():
        pytest.skip("PyTorch is not installed")
    return str(found)
