"""IDX files, archives and lists of pictures."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
from PIL import Image

from ranvier.data.pictures import Pictures
from ranvier.data.sources import load_file, load_object
from ranvier.data.sources.idx import KINDS, parse
from ranvier.errors import DataError
from tests.data.pictures.making import noise

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def idx(array, kind=8):
    head = bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
    return head + array.astype(KINDS[kind]).tobytes()


@pytest.fixture
def mnist(tmp_path):
    top = tmp_path / "mnist"
    top.mkdir()
    for name, count in (("train", 6), ("t10k", 3)):
        images, labels = noise(count, 5, 4, seed=count), np.arange(count)
        (top / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (top / f"{name}-labels-idx1-ubyte").write_bytes(idx(labels))
    return top


@pytest.mark.parametrize("given", ["folder", "file"])
def test_a_set(mnist, given):
    loaded = load_file(mnist if given == "folder" else mnist / f"{IMAGES}.gz")
    assert loaded.inputs.shape == (9, 5, 4, 1)
    assert loaded.target.tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2]
    assert loaded.test_rows.tolist() == [6, 7, 8]
    assert loaded.target_names == ("label",)
    assert np.array_equal(np.asarray(loaded.inputs)[6:, ..., 0], noise(3, 5, 4, seed=3))


def test_the_test_file_alone(mnist):
    loaded = load_file(mnist / "t10k-images-idx3-ubyte.gz")
    assert loaded.inputs.shape == (3, 5, 4, 1)
    assert loaded.test_rows is None


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_numbers(tmp_path, kind):
    values = np.arange(24).reshape(2, 3, 4)
    (tmp_path / "a.idx").write_bytes(idx(values, kind))
    assert np.array_equal(parse(tmp_path / "a.idx"), values)
    assert parse(tmp_path / "a.idx").dtype.isnative


def test_what_is_wrong_with_idx(mnist, tmp_path):
    whole = gzip.decompress((mnist / f"{IMAGES}.gz").read_bytes())

    def said(content, name=IMAGES):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError) as caught:
            load_file(tmp_path / name)
        return str(caught.value)

    assert "tells of 6×5×4 numbers and holds 119: copy" in said(whole[:-1])
    assert "cut short within its header" in said(whole[:9])
    assert "not an IDX file" in said(b"<html>")
    assert "not an IDX file" in said(b"")
    assert "not an IDX file" in said(bytes([0, 0, 7, 1, 0, 0, 0, 0]))
    assert "not a whole gzip file" in said(gzip.compress(whole)[:-9], f"{IMAGES}.gz")
    (tmp_path / f"{IMAGES}.gz").unlink()
    (tmp_path / IMAGES).write_bytes(whole)
    assert f"name {IMAGES}, which" in said(idx(np.arange(6)), LABELS)
    (tmp_path / LABELS).write_bytes(idx(np.arange(5)))
    assert "holds 6 pictures and train-labels-idx1-ubyte labels of shape (5,)" in said(whole)


def test_several_sets_in_a_folder(tmp_path):
    for name in ("letters", "digits"):
        (tmp_path / f"{name}-train-images-idx3-ubyte").write_bytes(idx(noise(2, 3, 4)))
    with pytest.raises(DataError, match=r"holds several sets .*: name the file"):
        load_file(tmp_path)


def test_archives(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, images=noise(4, 8, 8, 3), masks=noise(4, 8, 8))
    loaded = load_file(path)
    assert isinstance(loaded.inputs, Pictures)
    assert loaded.target.shape == (4, 8, 8)
    assert loaded.target_names == ("masks",)
    parts = {f"{part}_{what}": noise(count, 8, 8) if what == "images" else np.arange(count)
             for part, count in (("train", 4), ("val", 2), ("test", 3))
             for what in ("images", "labels")}  # fmt: skip
    np.savez(path, **parts)
    loaded = load_file(path)
    assert loaded.inputs.shape == (9, 8, 8, 1)
    assert loaded.valid_rows.tolist() == [4, 5]
    assert loaded.test_rows.tolist() == [6, 7, 8]
    del parts["val_images"]
    np.savez(path, **parts)
    assert load_file(path).test_rows.tolist() == [4, 5, 6]
    np.savez(path, images=noise(4, 8, 8))
    assert load_file(path).target is None


def test_in_memory():
    assert load_object(noise(3, 8, 9)).inputs.shape == (3, 8, 9, 1)
    assert load_object([noise(8, 9), noise(8, 9)]).inputs.shape == (2, 8, 9, 1)
    with pytest.raises(DataError, match=r"differ in size, such as \(8, 9\) and \(9, 9\)"):
        load_object([noise(8, 9), noise(9, 9)])


def test_a_list_of_pillows_pictures():
    images = [Image.fromarray(noise(8, 8)), Image.new("RGBA", (10, 8)), Image.new("L", (8, 8))]
    loaded = load_object(images)
    assert loaded.inputs.shape == (3, 8, 8, 3)
    assert np.array_equal(np.asarray(loaded.inputs)[0, ..., 2], noise(8, 8))
    assert "1 of 3 pictures resized to 8×8 (2 sizes, 8×8 to 8×10); the middle is cut out" in (
        loaded.notes
    )
    with pytest.raises(DataError, match="Picture 1 of the list has no pixels: leave it out"):
        load_object([images[0], Image.new("L", (0, 4))])
