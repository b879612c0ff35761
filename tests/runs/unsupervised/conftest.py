"""Small runs of models that predict no target, shared by the tests that only look at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranvier.errors import DataWarning
from ranvier.runs.request import Request
from ranvier.runs.training import Result, train
from ranvier.runs.unsupervised import classifier


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """An autoencoder of digits, three epochs."""
    folder = tmp_path_factory.mktemp("kept") / "runs" / "digits-1"
    settings = {"epochs": 3, "layout": "HW", "dimensions": 3, "filters": (4,), "hidden": (8,)}
    return train(Request("digits", family="autoencoder", settings=settings, out=str(folder)))


@pytest.fixture(scope="session")
def made_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A generator of digits, two epochs, judged by a classifier that has hardly learned."""
    folder = tmp_path_factory.mktemp("made") / "runs" / "digits-1"
    settings = {"epochs": 2, "layout": "HW", "filters": 4, "latent": 8}
    request = Request("digits", family="gan", settings=settings, out=str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "STEPS", 20)
        patch.setattr(classifier, "FILTERS", (4,))
        with pytest.warns(DataWarning) as caught:
            result = train(request)
    assert any("are compared by" in str(one.message) for one in caught)
    return result


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
