"""From pictures to pictures: two folders, matched by name."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ranvier.data.pictures import Pictures
from ranvier.data.sources import load_file
from ranvier.errors import DataError
from tests.data.pictures.making import noise, write


def masks(top, names, size=(8, 8), first="images", second="masks"):
    for number, name in enumerate(names):
        write(top / first / f"{name}.png", noise(*size, 3, seed=number))
        write(top / second / f"{name}.png", noise(*size, seed=number) % 3)
    return top


def test_masks(tmp_path):
    loaded = load_file(masks(tmp_path / "scans", "abc"))
    assert isinstance(loaded.target, Pictures)
    assert loaded.inputs.shape == (3, 8, 8, 3)
    assert loaded.target.form.kind == "mask"
    assert loaded.target_names == ("mask",)
    assert loaded.notes[0] == "3 pictures of 8×8×3, each with a mask of 8×8×1 to be made"
    assert np.array_equal(np.asarray(loaded.target)[1, ..., 0], noise(8, 8, seed=1) % 3)


def test_large_masks_keep_their_numbers(tmp_path):
    loaded = load_file(masks(tmp_path / "scans", "abc", (600, 300)))
    assert loaded.inputs.shape == (3, 224, 112, 3)
    assert loaded.target.shape == (3, 224, 112, 1)
    assert set(np.unique(np.asarray(loaded.target))) == {0, 1, 2}


def test_noisy_and_clean(tmp_path):
    for name in "abc":
        write(tmp_path / "noisy" / f"{name}.png", noise(8, 8))
        write(tmp_path / "clean" / f"{name}.jpg", noise(8, 8, 3))
    loaded = load_file(tmp_path)
    assert loaded.target.form.kind == "picture"
    assert loaded.target.shape == (3, 8, 8, 3)
    assert loaded.target_names == ("picture",)


def test_larger_targets_stay_larger(tmp_path):
    for name in "abc":
        write(tmp_path / "lr" / f"{name}.png", noise(8, 8))
        write(tmp_path / "hr" / f"{name}.png", noise(32, 32))
    assert load_file(tmp_path).target.shape == (3, 32, 32, 1)


def test_pairs_of_different_sizes_come_to_one(tmp_path):
    for name, size in (("a", (8, 8)), ("b", (10, 8))):
        write(tmp_path / "images" / f"{name}.png", noise(*size))
        write(tmp_path / "masks" / f"{name}.png", noise(16, 16))
    loaded = load_file(tmp_path)
    assert loaded.inputs.shape == loaded.target.shape == (2, 9, 8, 1)


@pytest.mark.parametrize("tail", ["", "_mask", "_gt"])
def test_names(tmp_path, tail):
    for name in ("1", "deep/2"):
        write(tmp_path / "Images" / f"{name}.png", noise(8, 8))
        write(tmp_path / "Masks" / f"{name}{tail}.gif", Image.fromarray(noise(8, 8) % 2))
    assert len(load_file(tmp_path).inputs) == 2


def test_without_partner(tmp_path):
    top = masks(tmp_path / "scans", "abc")
    (top / "masks" / "b.png").unlink()
    with pytest.raises(DataError) as caught:
        load_file(top)
    assert str(caught.value) == (
        "scans/images/b.png has no partner in the other folder. 1 of 5 files. Leave such files "
        "out with --on-error skip."
    )
    loaded = load_file(top, "skip")
    assert len(loaded.inputs) == len(loaded.target) == 2
    assert "1 file without partner left out: scans/images/b.png" in loaded.notes
    for path in (top / "masks").iterdir():
        path.rename(path.with_name("z" + path.name))
    with pytest.raises(DataError, match="No picture of scans/images is called like one of scans"):
        load_file(top, "skip")


def test_a_damaged_half_takes_its_partner_along(tmp_path):
    top = masks(tmp_path / "scans", "abcd")
    (top / "masks" / "b.png").write_bytes(b"")
    (top / "images" / "d.png").write_bytes(b"")
    loaded = load_file(top, "skip")
    assert [loaded.inputs.name_of(row) for row in range(2)] == [
        "scans/images/a.png", "scans/images/c.png"
    ]  # fmt: skip
    assert np.array_equal(np.asarray(loaded.target)[1, ..., 0], noise(8, 8, seed=2) % 3)


def test_split(tmp_path):
    masks(tmp_path / "train", "abc")
    masks(tmp_path / "test", "de")
    loaded = load_file(tmp_path)
    assert loaded.test_rows.tolist() == [3, 4]
    assert loaded.valid_rows is None
