"""Pieces so small that a small table has many."""

from __future__ import annotations

import pytest

from ranvier.data.streams import columnar, text
from ranvier.training import scatter, stored


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "PIECE", 1 << 12)
    monkeypatch.setattr(columnar, "PIECE", 1 << 12)
    monkeypatch.setattr(scatter, "BUCKET_BYTES", 1 << 13)
    monkeypatch.setattr(scatter, "PENDING_BYTES", 1 << 12)
    monkeypatch.setattr(stored, "BLOCK_BYTES", 1 << 10)
    monkeypatch.setattr(stored, "WINDOW_BYTES", 1 << 13)
