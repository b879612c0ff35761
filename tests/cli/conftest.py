"""The command line as a person meets it: arguments in; output, errors and an exit code out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ranvier.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return call


def call(*arguments: str) -> Result:
    """Call a command here; an exception that is not the command's own end goes through."""
    result = CliRunner().invoke(app, list(arguments), prog_name="ranvier")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def iris_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of twenty epochs."""
    folder = tmp_path_factory.mktemp("iris") / "runs" / "iris-1"
    result = call("train", "iris", "--epochs", "20", "--out", str(folder), "--quiet")
    assert result.exit_code == 0, result.stderr
    return folder
