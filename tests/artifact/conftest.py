"""A saved model to read, damage and overwrite."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranvier.artifact import write
from tests.artifact.parts import PARTS


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.ranvier"
    write(path, PARTS)
    return path
