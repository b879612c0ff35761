import numpy as np
import pytest
from PIL import Image

from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.opening import open_picture, pixels_of, size_of
from ranvier.data.pictures.originals import originals_of
from ranvier.errors import DataError

GENERATOR = np.random.default_rng(0)
GREY = GENERATOR.integers(0, 256, (5, 7), dtype=np.uint8)
COLOURS = GENERATOR.integers(0, 256, (5, 7, 3), dtype=np.uint8)
CLEAR = GENERATOR.integers(0, 256, (5, 7, 4), dtype=np.uint8)
DEEP = GREY.astype(np.uint16) * 257


@pytest.mark.parametrize(
    ("source", "channels", "coloured", "unit"),
    [
        (GREY, 1, 1, 1.0),
        (GREY[..., None], 1, 1, 1.0),
        (COLOURS, 3, 3, 1.0),
        (CLEAR, 4, 3, 1.0),
        (DEEP, 1, 1, 257.0),
        (COLOURS / 255.0, 3, 3, 1 / 255),
        (COLOURS.astype(np.int64), 3, 3, 1.0),
        (GREY > 100, 1, 1, 1 / 255),
    ],
)
def test_an_array_is_opened_as_it_is_and_given_back_alike(source, channels, coloured, unit):
    opened = open_picture(source)
    assert opened.pixels.shape == (5, 7, channels)
    assert (opened.coloured, opened.unit) == (coloured, pytest.approx(unit))
    again = opened.like(opened.pixels)
    np.testing.assert_array_equal(again, source)
    assert again.dtype == source.dtype


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("L", 1), ("1", 1), ("RGB", 3), ("RGBA", 4), ("LA", 2), ("P", 3), ("CMYK", 3), ("F", 1)],
)
def test_every_mode_of_a_file_is_opened(mode, channels, tmp_path):
    path = tmp_path / ("one.tif" if mode in ("CMYK", "F") else "one.png")
    Image.fromarray(COLOURS).convert(mode).save(path)
    opened = open_picture(path)
    assert opened.pixels.shape == (5, 7, channels)
    assert isinstance(opened.like(opened.pixels), Image.Image)
    assert size_of(path) == (5, 7, 1 if channels < 3 else 3)
    assert pixels_of(path, 3).shape == (5, 7, 3)


def test_sixteen_bits_stay_sixteen_bits(tmp_path):
    Image.fromarray(DEEP).save(tmp_path / "deep.png")
    opened = open_picture(tmp_path / "deep.png")
    assert opened.pixels.dtype == np.uint16
    assert opened.unit == 257.0
    np.testing.assert_array_equal(opened.pixels[..., 0], DEEP)
    np.testing.assert_array_equal(np.asarray(opened.like(opened.pixels)), DEEP)
    np.testing.assert_array_equal(pixels_of(tmp_path / "deep.png", 1)[..., 0], GREY)
    np.testing.assert_array_equal(pixels_of(DEEP, 1)[..., 0], GREY)


def test_a_photograph_taken_sideways_is_turned_upright(tmp_path):
    picture = Image.fromarray(COLOURS)
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(tmp_path / "turned.png", exif=exif)
    for path in (tmp_path / "turned.png",):
        assert size_of(path) == (7, 5, 3)
        assert open_picture(path).pixels.shape == (7, 5, 3)
        np.testing.assert_array_equal(pixels_of(path, 3), np.rot90(COLOURS, -1))


def test_transparency_is_kept_to_enlarge_and_laid_on_white_to_learn(tmp_path):
    clear = COLOURS[..., [0, 1, 2, 0]].copy()
    clear[..., 3] = 0
    Image.fromarray(clear).save(tmp_path / "clear.png")
    np.testing.assert_array_equal(open_picture(tmp_path / "clear.png").pixels, clear)
    assert (pixels_of(tmp_path / "clear.png", 3) == 255).all()
    assert (pixels_of(clear, 3) == 255).all()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (np.zeros(5), "its shape is"),
        (np.zeros((5, 7, 9)), "its shape is"),
        (np.zeros((0, 7, 3)), "its shape is"),
        (np.array([["a"]]), "numbers are expected"),
        (np.full((5, 7), -1.0), "values from -1 to -1"),
        (np.full((5, 7), np.nan), "values from nan"),
        (np.full((5, 7), 70_000), "values from 70000"),
    ],
)
def test_what_is_no_picture_is_said(source, words):
    with pytest.raises(Unreadable, match=words):
        open_picture(source)


def test_originals_are_whatever_holds_pictures(tmp_path):
    Image.fromarray(COLOURS).save(tmp_path / "one.png")
    mixed = originals_of([tmp_path / "one.png", GREY, Image.fromarray(COLOURS), COLOURS[:3]])
    assert mixed.sizes.tolist() == [[5, 7, 3], [5, 7, 1], [5, 7, 3], [3, 7, 3]]
    np.testing.assert_array_equal(mixed.pixels(0, 3), COLOURS)
    np.testing.assert_array_equal(mixed.pixels(1, 3), np.stack([GREY] * 3, axis=-1))
    several = originals_of(np.stack([GREY, GREY]))
    assert several.sizes.tolist() == [[5, 7, 1]] * 2
    assert len(originals_of(COLOURS)) == 1
    assert len(originals_of(pictures_of(COLOURS[None])[0][[0, 0]])) == 2


def test_an_original_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "page.png").write_text("<html>")
    with pytest.raises(DataError, match=r"page\.png is not an image .* HTML"):
        _ = originals_of([tmp_path / "page.png"]).sizes
    with pytest.raises(DataError, match=r"gone\.png cannot be opened: No such file"):
        originals_of([tmp_path / "gone.png"]).pixels(0, 3)
    with pytest.raises(DataError, match="the list is empty"):
        originals_of([])
