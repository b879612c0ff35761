"""Two models, and pieces so small that a small table has many."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranvier.data.streams import columnar, text

from . import tables


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "PIECE", text.PIECE)
    monkeypatch.setattr(columnar, "PIECE", columnar.PIECE)
    tables.small_pieces()


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that predicts a number."""
    return tables.trained(tmp_path_factory.mktemp("models"), "y")


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that predicts a class."""
    return tables.trained(tmp_path_factory.mktemp("models"), "city")
