"""Model files of every released format version still load, and predict what they predicted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import ranvier as rv
from ranvier.artifact import FORMAT_VERSION
from tests.golden.make import rows

HERE = Path(__file__).parent


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_file_of_this_version_predicts_as_it_did(version: int) -> None:
    model = rv.load(HERE / f"artifact_v{version}.ranvier")
    expected = np.loadtxt(HERE / f"artifact_v{version}.csv")
    frame, _ = rows()
    np.testing.assert_allclose(model.predict_proba(frame), expected, atol=1e-4)
    assert model.classes_.tolist() == ["high", "low", "middle"]
