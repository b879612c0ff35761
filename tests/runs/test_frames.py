"""Pictures of what a network makes while it trains, in the run's folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from ranvier.runs import frames
from ranvier.runs.frames import FrameFolder, enlargement, grid, wanted

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 3, 8, 8, 1)).astype(np.uint8)


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 20, 21, 100, 1_000])
def test_the_first_and_the_last_epoch_are_among_few(epochs: int) -> None:
    found = wanted(epochs)
    assert found[0] == 1
    assert found[-1] == epochs
    assert len(found) <= 24
    assert list(found) == sorted(set(found))


def test_short_epochs_that_end_together_are_shown_once() -> None:
    folder = FrameFolder(Path("."))
    folder.begin(100, 0)
    assert folder.wants(3)
    folder._last = 3
    assert not folder.wants(3)
    assert folder.wants(4)


def test_a_run_that_goes_on_makes_those_that_are_missing() -> None:
    folder = FrameFolder(Path("."))
    folder.begin(100, 50)
    assert not folder.wants(50)
    assert folder.wants(55)


def test_a_file_holds_every_picture_in_its_place(tmp_path: Path) -> None:
    folder = FrameFolder(tmp_path)
    folder.begin(10, 0)
    folder.write(1, PICTURES)
    folder.write(10, PICTURES[:, :, ::-1])
    assert folder.problem is None
    with Image.open(tmp_path / "frames" / "epoch-0001.png") as image:
        page = np.asarray(image)
    factor = enlargement(8, 8)
    assert factor == 4
    assert_array_equal(page, grid(PICTURES))
    second = page[: 8 * factor, 9 * factor : 17 * factor]
    assert_array_equal(second[::factor, ::factor, 0], PICTURES[0, 1, ..., 0])
    found = frames.read(tmp_path)
    assert found.epochs == (1, 10)
    assert_array_equal(found.pictures[0], page)


def test_what_is_no_picture_in_the_folder_is_left_out(tmp_path: Path) -> None:
    assert frames.read(tmp_path).epochs == ()
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "epoch-0001.png").write_text("none")
    (tmp_path / "frames" / "epoch-x.png").write_text("none")
    assert frames.read(tmp_path).epochs == ()


def test_a_full_disk_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "frames").write_text("a file where a folder should be")
    folder = FrameFolder(tmp_path)
    folder.write(3, PICTURES)
    assert folder.problem is not None
    assert "epoch-0003.png could not be written" in folder.problem
