"""One small trained run, shared by the tests of a module that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranvier.runs.request import Request
from ranvier.runs.training import Result, train


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def iris_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Twenty epochs of iris, in a folder of its own."""
    folder = tmp_path_factory.mktemp("iris") / "runs" / "iris-1"
    return train(Request(source="iris", settings={"epochs": 20}, out=str(folder)))
