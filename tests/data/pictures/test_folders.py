"""A folder as a set: classes, splits, what is left aside, and what is said about it."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ranvier.data.pictures import gathering
from ranvier.data.sources import load_file
from ranvier.errors import DataError
from tests.data.pictures.making import encoded, folder_of, noise, write


def test_a_folder_for_each_class(tmp_path):
    top = folder_of(tmp_path / "photos", {"cats": 3, "dogs": 2})
    loaded = load_file(top)
    assert loaded.inputs.shape == (5, 6, 5, 1)
    assert loaded.target.tolist() == ["cats"] * 3 + ["dogs"] * 2
    assert loaded.target_names == ("class",)
    assert loaded.test_rows is None
    assert loaded.notes == ("5 pictures of 6×5×1 in 2 classes",)
    assert loaded.inputs.name_of(3) == "photos/dogs/0000.png"
    assert np.array_equal(loaded.inputs.take(np.array([3]))[0, ..., 0], noise(6, 5, seed=3))


def test_what_lies_about(tmp_path):
    top = folder_of(tmp_path / "photos", {"cats/old/older": 2, "cats": 1, "dogs": 2})
    for name in (".DS_Store", "cats/Thumbs.db", "cats/notes.txt", "readme.md", ".git/x.png"):
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).touch()
    (top / "empty").mkdir()
    (top / "dogs" / "folder.jpg").mkdir()
    write(top / "stray.png", noise(6, 5))
    os.mkfifo(top / "dogs" / "pipe.png")
    os.symlink(top, top / "dogs" / "back")
    loaded = load_file(top)
    assert loaded.target.tolist() == ["cats"] * 3 + ["dogs"] * 2
    assert loaded.notes == (
        "5 pictures of 6×5×1 in 2 classes",
        "nothing to read in empty: no class of its own",
        "1 file beside the classes: not used",
        "2 other files not used (.md, .txt)",
    )


def test_the_folders_own_split(tmp_path):
    top = tmp_path / "photos"
    for part, count in (("train", 4), ("val", 2), ("test", 3)):
        folder_of(top / part, {"a": count, "b": 1})
    loaded = load_file(top)
    assert loaded.test_rows.tolist() == [8, 9, 10, 11]
    assert loaded.valid_rows.tolist() == [5, 6, 7]
    assert loaded.target[loaded.test_rows].tolist() == ["a"] * 3 + ["b"]


def test_a_test_part_without_classes_is_not_used(tmp_path):
    top = tmp_path / "photos"
    folder_of(top / "train", {"a": 4, "b": 1})
    folder_of(top, {"test": 3})
    loaded = load_file(top)
    assert len(loaded.inputs) == 5
    assert loaded.test_rows is None
    assert "test has no class folders: not used" in loaded.notes


def test_pictures_without_classes(tmp_path):
    top = folder_of(tmp_path, {"new": 3}) / "new"
    loaded = load_file(top)
    assert loaded.target is None
    assert loaded.inputs.names == tuple(f"new/000{n}.png" for n in range(3))


def test_a_folder_in_a_folder(tmp_path):
    folder_of(tmp_path / "archive" / "photos" / "photos", {"cats": 3, "dogs": 2})
    loaded = load_file(tmp_path / "archive")
    assert sorted(set(loaded.target.tolist())) == ["cats", "dogs"]
    assert "read from archive/photos/photos" in loaded.notes


def test_sizes(tmp_path):
    def loaded(*sizes):
        top = tmp_path / str(sizes)
        for number, size in enumerate(sizes):
            write(top / "a" / f"{number}.png", noise(*size))
        return load_file(top)

    assert loaded((6, 5), (6, 5)).inputs.shape[1:] == (6, 5, 1)
    assert loaded((512, 300), (512, 300)).inputs.shape[1:] == (512, 300, 1)
    assert loaded((600, 300), (600, 300)).inputs.shape[1:] == (224, 112, 1)
    mixed = loaded((10, 20), (12, 20), (14, 30))
    assert mixed.inputs.shape[1:] == (12, 20, 1)
    assert mixed.notes[1] == (
        "2 of 3 pictures resized to 12×20 (3 sizes, 10×20 to 14×30); the middle is cut out"
    )
    assert loaded((300, 900), (400, 100)).inputs.shape[1:] == (157, 224, 1)


def test_channels(tmp_path):
    write(tmp_path / "a" / "1.png", noise(6, 5))
    write(tmp_path / "a" / "2.png", noise(6, 5, 3))
    write(tmp_path / "a" / "3.png", Image.new("RGBA", (5, 6)))
    loaded = load_file(tmp_path)
    assert loaded.inputs.shape == (3, 6, 5, 3)
    assert "1 of 3 pictures grey: read as colours" in loaded.notes
    assert "1 of 3 pictures with transparency: laid on white" in loaded.notes


def test_a_sample_that_deceives(tmp_path, monkeypatch):
    """The form is checked when all files were read."""
    top = folder_of(tmp_path / "photos", {"a": 30})
    write(top / "a" / "0007.png", noise(10, 9, 3))
    monkeypatch.setattr(gathering, "SAMPLE", 2)
    loaded = load_file(top)
    assert loaded.inputs.shape == (30, 6, 5, 3)
    assert "1 of 30 pictures resized to 6×5 (2 sizes, 6×5 to 10×9)" in loaded.notes


def test_skip(tmp_path):
    top = folder_of(tmp_path / "photos", {"cats": 3, "dogs": 2})
    (top / "cats" / "0001.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"^photos/cats/0001.png is empty. 1 of 5 files. Leave"):
        load_file(top)
    loaded = load_file(top, "skip")
    assert loaded.target.tolist() == ["cats"] * 2 + ["dogs"] * 2
    assert len(loaded.inputs) == 4
    assert "1 file that cannot be read is left out: photos/cats/0001.png is empty" in loaded.notes
    assert np.array_equal(loaded.inputs.take(np.array([1]))[0, ..., 0], noise(6, 5, seed=2))
    for path in top.rglob("*.png"):
        path.write_bytes(b"")
    with pytest.raises(DataError, match="and so it is with all 5 files"):
        load_file(top, "skip")


def test_names_that_are_no_text(tmp_path):
    top = os.fsencode(tmp_path / "photos")
    os.makedirs(top + b"/caf\xe9")
    data = encoded(Image.fromarray(noise(6, 5)))
    with open(top + b"/caf\xe9/\xff.png", "wb") as file:
        file.write(data)
    loaded = load_file(tmp_path / "photos")
    assert loaded.target.tolist() == ["caf�"]
    assert loaded.inputs.name_of(0) == "photos/caf�/�.png"


def test_folders_of_tables_are_not_ours(tmp_path):
    (tmp_path / "july.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="is a folder, not a table"):
        load_file(tmp_path)


def test_nothing_heavy_is_imported_to_look(tmp_path):
    program = (
        "import sys; import ranvier.data; from ranvier.data import sources; sources.discover();"
        "heavy = {'PIL', 'scipy', 'polars', 'jax', 'sklearn'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
