"""transformers and sentence-transformers themselves, where they are installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.environments import FOLDER, ROOT

pytestmark = pytest.mark.slow


@pytest.mark.skipif(
    not (FOLDER / "transformers" / "ready").exists() or not (FOLDER / "data" / "minilm").exists(),
    reason="run python -m benchmarks.language.published once: it installs what this compares with",
)
def test_the_table_holds_what_is_promised():
    """Both ways: what Ranvier reads, and what transformers reads of what Ranvier wrote."""
    command = [sys.executable, "-m", "benchmarks.language.published"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = done.stdout.splitlines()[2:]
    assert len(rows) >= 17
    assert not [row for row in rows if " !" in row or "DIFFER" in row]
