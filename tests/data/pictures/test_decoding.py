"""Every kind of picture file becomes the numbers that a person would expect."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ranvier.data.pictures import Form
from ranvier.data.pictures.decoding import (
    ALPHA,
    DEEP,
    MOST_PIXELS,
    MOVING,
    TURNED,
    decode,
    glance,
)
from ranvier.data.pictures.foreign import Unreadable
from tests.data.pictures.making import chunk, encoded, noise, png

GREY, COLOUR = Form("picture", (4, 6, 1)), Form("picture", (4, 6, 3))


def pixels(data: bytes, form: Form):
    row, _ = decode(data, form)
    return np.frombuffer(row, np.uint8).reshape(form.shape)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "GIF"])
def test_grey(kind):
    values = noise(4, 6)
    data = encoded(Image.fromarray(values), kind)
    assert glance(data) == (4, 6, 1, 0)
    assert np.array_equal(pixels(data, GREY)[..., 0], values)
    assert np.array_equal(pixels(data, COLOUR), np.stack([values] * 3, -1))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_colours(kind):
    values = noise(4, 6, 3)
    data = encoded(Image.fromarray(values), kind)
    assert glance(data) == (4, 6, 3, 0)
    assert np.array_equal(pixels(data, COLOUR), values)
    grey = values.astype(float) @ [0.299, 0.587, 0.114]
    assert np.abs(pixels(data, GREY)[..., 0] - grey).max() <= 1


def test_palette():
    image = Image.fromarray(noise(4, 6, 3)).quantize(8)
    assert glance(encoded(image))[2] == 3
    assert np.array_equal(pixels(encoded(image), COLOUR), np.asarray(image.convert("RGB")))


def test_a_palette_of_greys_is_grey():
    image = Image.fromarray(noise(4, 6) % 4)
    image = Image.frombytes("P", image.size, image.tobytes())
    image.putpalette([level for level in (9, 80, 160, 250) for _ in range(3)])
    data = encoded(image)
    assert glance(data)[2] == 1
    assert set(np.unique(pixels(data, GREY))) <= {9, 80, 160, 250}


def test_one_bit():
    values = noise(4, 6) > 127
    data = encoded(Image.fromarray(values))
    assert np.array_equal(pixels(data, GREY)[..., 0], values * 255)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits(kind):
    values = np.linspace(0, 65535, 24).astype(np.uint16).reshape(4, 6)
    data = encoded(Image.fromarray(values), kind)
    assert glance(data) == (4, 6, 1, DEEP)
    assert np.abs(pixels(data, GREY)[..., 0] - values / 257.0).max() <= 0.5


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.linspace(0, 1, 24), np.linspace(0, 255, 24)),
        (np.linspace(0, 255, 24), np.linspace(0, 255, 24)),
        (np.linspace(0, 65535, 24).astype(np.int32), np.linspace(0, 255, 24)),
    ],
)
def test_floats_and_long_integers(values, expected):
    dtype = np.float32 if values.dtype.kind == "f" else np.int32
    data = encoded(Image.fromarray(values.reshape(4, 6).astype(dtype)), "TIFF")
    assert np.abs(pixels(data, GREY).reshape(-1) - expected).max() <= 0.51


def test_values_without_a_place_in_eight_bits():
    data = encoded(Image.fromarray(np.full((4, 6), -3.0, np.float32)), "TIFF")
    with pytest.raises(Unreadable, match="values from -3 to -3"):
        decode(data, GREY)


def test_print_colours():
    image = Image.new("CMYK", (6, 4), (0, 255, 255, 0))
    red = pixels(encoded(image, "JPEG"), COLOUR)[0, 0]
    assert red[0] > 200
    assert red[1:].max() < 60


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "tRNS"])
def test_transparency_is_laid_on_white(mode):
    image = Image.new("RGBA", (6, 4), (200, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 3, 4))
    if mode == "LA":
        image = image.convert("LA")
    elif mode == "P":
        image = image.quantize(4)
    elif mode == "tRNS":
        image = Image.fromarray(
            np.where(np.arange(6) < 3, 0, 77).astype(np.uint8)[None].repeat(4, 0)
        )
    data = encoded(image, **({"transparency": 77} if mode == "tRNS" else {}))
    assert glance(data)[3] & ALPHA
    for form in (GREY, COLOUR):
        shown = pixels(data, form)
        assert (shown[:, :3] == 0).all()
        assert (shown[:, 3:] == 255).all()


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif(turn, kind):
    values = np.full((8, 16, 3), 255, np.uint8)
    values[:4, :8] = 0  # a black corner, top left
    exif = Image.Exif()
    exif[0x0112] = turn
    data = encoded(Image.fromarray(values), kind, exif=exif)
    height, width, _, bits = glance(data)
    assert (height, width) == ((16, 8) if turn > 4 else (8, 16))
    assert bool(bits & TURNED) == (turn > 1 and kind != "TIFF")
    shown = pixels(data, Form("picture", (height, width, 1)))[..., 0]
    halves = shown[: height // 2].mean(), shown[height // 2 :].mean()
    sides = shown[:, : width // 2].mean(), shown[:, width // 2 :].mean()
    assert (halves[0] < halves[1]) == (turn in (1, 2, 5, 6))
    assert (sides[0] < sides[1]) == (turn in (1, 4, 5, 8))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_the_first_picture_of_an_animation(kind):
    pages = [Image.new("RGB", (6, 4), colour) for colour in ("red", "blue")]
    how = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(pages[0], kind, save_all=True, append_images=pages[1:], **how)
    assert glance(data)[3] & MOVING
    assert (pixels(data, COLOUR) == (255, 0, 0)).all()


def test_a_large_photograph_is_read_small_and_right():
    ramp = np.linspace(0, 255, 1600).astype(np.uint8)[None].repeat(1200, 0)
    data = encoded(Image.fromarray(np.stack([ramp] * 3, -1)), "JPEG", quality=95)
    shown = pixels(data, Form("picture", (60, 80, 3)))
    assert np.abs(shown[..., 0] - np.linspace(0, 255, 80)).max() < 5


def test_one_pixel():
    data = encoded(Image.new("L", (1, 1), 7))
    assert (pixels(data, GREY) == 7).all()


@pytest.mark.parametrize(
    ("resize", "columns"), [("crop", {0}), ("squash", {0, 255}), ("pad", {0, 255})]
)
def test_other_proportions(resize, columns):
    wide = np.zeros((8, 32), np.uint8)
    wide[:, :8] = wide[:, -8:] = 255  # only at the ends
    form = Form("picture", (8, 8, 1), resize)
    shown = pixels(encoded(Image.fromarray(wide)), form)[..., 0]
    assert set(np.unique(shown)) >= columns
    assert (shown[4] == 255).any() == (255 in columns)
    assert (shown[0] == 0).all() == (resize != "squash")


def test_masks_keep_their_numbers():
    numbers = np.arange(24, dtype=np.uint8).reshape(4, 6) % 5
    palette = Image.frombytes("P", (6, 4), numbers.tobytes())
    palette.putpalette([9, 9, 200, 0, 99, 3, 7, 1, 8, 255, 255, 0, 1, 2, 3])
    deep = Image.fromarray(numbers.astype(np.uint16))
    for image in (palette, Image.fromarray(numbers), deep):
        shown = pixels(encoded(image), Form("mask", (4, 6, 1)))
        assert np.array_equal(shown[..., 0], numbers)
    larger = pixels(encoded(palette), Form("mask", (40, 60, 1)))
    assert set(np.unique(larger)) == set(range(5))
    bits = encoded(Image.fromarray(numbers > 2))
    assert set(np.unique(pixels(bits, Form("mask", (4, 6, 1))))) == {0, 255}
    with pytest.raises(Unreadable, match="numbers above 255"):
        decode(encoded(Image.fromarray(np.full((4, 6), 999, np.uint16))), Form("mask", (4, 6, 1)))


HUGE = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(bytes(1000)))
    + chunk(b"IEND", b"")
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>", "begins like HTML"),
        (b"hello, world\n", "begins like text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG, a drawing without pixels"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (bytes(100), "begins with zero bytes"),
        (b"\x07\x93\xff" * 30, "of a kind that can be read"),
        (b"\x89PNG\r\n\x1a\n\0\0", "begins like a PNG, damaged"),
        (encoded(Image.fromarray(noise(40, 60)))[:-200], "cut short or damaged"),
        (encoded(Image.fromarray(noise(40, 60)), "JPEG")[:-200], "cut short or damaged"),
        (HUGE, f"too many pixels \\(at most {MOST_PIXELS:,} are read\\)"),
    ],
)
def test_what_is_no_picture(data, why):
    with pytest.raises(Unreadable, match=why):
        decode(data, GREY)


def test_a_plain_file_is_what_the_other_tests_think():
    values = noise(4, 6)
    assert np.array_equal(pixels(png(values, [0, 1, 2, 3]), GREY)[..., 0], values)
