"""Anything but a whole Ranvier model is refused in one sentence."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from ranvier.artifact import read, write
from ranvier.errors import ArtifactError
from tests.artifact.hostile import HOSTILE, hide_bomb
from tests.artifact.parts import PARTS


@pytest.mark.parametrize("case", HOSTILE)
def test_is_refused_in_one_sentence(saved: Path, case: str) -> None:
    make, message = HOSTILE[case]
    make(saved)
    with pytest.raises(ArtifactError, match=message) as caught:
        read(saved)
    assert str(saved) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_names_its_neighbours(saved: Path) -> None:
    with pytest.raises(ArtifactError, match=r'does not exist. Nearest: "model\.ranvier"'):
        read(saved.with_name("modle.ranvier"))
    with pytest.raises(ArtifactError, match=r"There is no folder .*nowhere"):
        read(saved.parent / "nowhere" / "model.ranvier")


def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="is a folder"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ArtifactError, match="not a regular file"):
        read(tmp_path / "pipe")


def test_a_path_that_no_system_knows() -> None:
    with pytest.raises(ArtifactError, match="null character"):
        read("model\0.ranvier")
    with pytest.raises(ArtifactError, match="null character"):
        write("model\0.ranvier", PARTS)


def test_a_hidden_bomb_is_never_unpacked(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    original = zipfile.ZipExtFile.read

    def spy(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        asked.append(-1 if n is None else n)
        return original(self, n)

    hide_bomb(saved)
    monkeypatch.setattr(zipfile.ZipExtFile, "read", spy)
    with pytest.raises(ArtifactError):
        read(saved)
    assert asked
    assert all(0 <= n < 2000 for n in asked)
