"""Each test of pictures has a cache folder of its own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """The folder in which decoded pictures are kept."""
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(place))
    return place / "pictures"
