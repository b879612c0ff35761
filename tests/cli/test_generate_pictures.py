"""`ranvier generate` with a model that makes pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run, call

SETTINGS = (
    *("--model", "autoencoder", "--layout", "HW", "--dimensions", "2", "--filters", "4"),
    *("--hidden", "8", "--epochs", "1", "--quiet", "--no-report"),
)


@pytest.fixture(scope="module")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of one epoch."""
    out = tmp_path_factory.mktemp("digits") / "runs" / "digits-1"
    done = call("train", "digits", *SETTINGS, "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert "PCA, 2 components" in done.stdout
    assert "ranvier generate" in done.stdout
    return out


def test_a_picture_of_samples(run: Run, digits_run: Path) -> None:
    shown = run("generate", str(digits_run), "--count", "9")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout == "9 pictures in samples.png\n"
    assert Path("samples.png").is_file()
    told = run("generate", str(digits_run), "--count", "2", "--out", "each", "--json")
    assert json.loads(told.stdout) == {"count": 2, "place": "each", "rows": None}
    assert len(list(Path("each").iterdir())) == 2


def test_flags_of_texts_do_not_suit_it(run: Run, digits_run: Path) -> None:
    wrong = run("generate", str(digits_run), "--top-k", "5")
    assert wrong.exit_code == 1
    assert wrong.stderr == (
        "error: This model makes no text (reconstruction), so --top-k does not suit it: leave it "
        "out.\n"
    )
