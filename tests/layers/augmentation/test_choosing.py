"""The default is right on real pictures: signs are never flipped, things and scenes are."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ranvier.errors import HyperparameterError
from ranvier.layers.augmentation import Augmentation, choose
from ranvier.layers.augmentation.features import shrunk
from ranvier.layers.augmentation.looking import look, shifted

FASHION = Path("/usr/share/datasets/fashion-mnist")

# Strokes of letters on 7×5 pixels.
LETTERS = {
    "b": "#.... #.... ###.. #..#. #..#. #..#. ###..",
    "d": "...#. ...#. .###. #..#. #..#. #..#. .###.",
    "p": "###.. #..#. #..#. #..#. ###.. #.... #....",
    "q": ".###. #..#. #..#. #..#. .###. ...#. ...#.",
    "o": "..... ..... .##.. #..#. #..#. .##.. .....",
    "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "A": "..#.. .#.#. #...# ##### #...# #...# #...#",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "V": "#...# #...# #...# #...# .#.#. .#.#. ..#..",
}


def letters(names, rows=600, seed=0):
    """uint8 (rows, 24, 24, 1): stretched, sheared, moved and noisy; and their names."""
    generator = np.random.default_rng(seed)
    chosen = generator.choice(list(names), rows)
    yy, xx = np.mgrid[:24, :24]
    pictures = []
    for name in chosen:
        strokes = np.array([[c == "#" for c in line] for line in LETTERS[name].split()])
        strokes = np.pad(strokes, 8)
        size, shear = generator.uniform(2.2, 2.8), generator.uniform(-0.2, 0.2)
        top, left = generator.uniform(-1, 1, 2)
        row = (yy - 12 - top) / size
        column = (xx - 12 - left) / size + shear * row
        row, column = np.round(row + 11).astype(int), np.round(column + 10).astype(int)
        pictures.append(200 * strokes[row, column] + generator.uniform(0, 50, (24, 24)))
    return np.stack(pictures)[..., None].astype(np.uint8), chosen


def digits():
    found = load_digits()
    return found.images[..., None], found.target


def fashion(rows, seed):
    def read(name):
        raw = gzip.decompress((FASHION / name).read_bytes())
        shape = np.frombuffer(raw, ">i4", raw[3], 4)
        return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)

    pictures, labels = read("t10k-images-idx3-ubyte.gz"), read("t10k-labels-idx1-ubyte.gz")
    order = np.random.default_rng(seed).permutation(len(pictures))[:rows]
    return pictures[order][..., None], labels[order]


def coloured(pictures, seed=0):
    """Ink and paper of any two colours."""
    generator = np.random.default_rng(seed)
    ink, paper = generator.uniform(0, 255, (2, len(pictures), 1, 1, 3))
    share = pictures / pictures.max()
    return (share * ink + (1 - share) * paper).astype(np.uint8)


@pytest.mark.parametrize("mirrored", [1, -1])
@pytest.mark.parametrize("rows", [200, 1797])
def test_digits_are_not_flipped(rows, mirrored):
    pictures, labels = digits()
    choice, reason = choose("picture", pictures[:rows, :, ::mirrored], labels[:rows])
    assert choice == Augmentation(rotate=10.0, scale=0.1)  # one of 8 pixels is too far already
    assert reason.startswith("not flipped: a quick test recognised 9")


def test_digits_in_colours_are_not_flipped():
    pictures, labels = digits()
    choice, _ = choose("picture", coloured(pictures), labels)
    assert choice.flip == "none"


@pytest.mark.skipif(not FASHION.exists(), reason="Fashion-MNIST is not on this machine")
@pytest.mark.parametrize("mirrored", [1, -1])
@pytest.mark.parametrize(("rows", "seed"), [(300, 0), (2000, 1), (2000, 2)])
def test_clothes_are_flipped(rows, seed, mirrored):
    pictures, labels = fashion(rows, seed)
    choice, reason = choose("picture", pictures[:, :, ::mirrored], labels)
    assert choice == Augmentation(shift=0.07, flip="horizontal")
    assert reason.startswith("flipped left-right: a quick test recognised")


@pytest.mark.parametrize("names", ["bdpq", "bd", "oTAHVbd"])
@pytest.mark.parametrize("paint", [lambda pictures: pictures, coloured])
def test_letters_with_twins_are_not_flipped(names, paint):
    pictures, labels = letters(names)
    choice, reason = choose("picture", paint(pictures), labels)
    assert choice.flip == "none"
    assert reason.endswith("and took mirror images for another class")


def test_pictures_whose_things_stand_anywhere_are_shifted_most():
    generator = np.random.default_rng(0)
    labels = generator.integers(3, size=300)
    pictures = generator.uniform(0, 40, (300, 30, 30, 3))
    for picture, label in zip(pictures, labels, strict=True):
        top, left = generator.integers(0, 20, 2)
        picture[top : top + 10, left : left + 10, label] += 200
    assert choose("picture", pictures, labels)[0] == Augmentation(shift=0.1, flip="horizontal")


def test_each_fourth_picture_is_shifted_another_way():
    pictures = np.arange(8 * 20).reshape(8, 20, 1, 1) % 20
    out = shifted(pictures, 0.1)[:, :, 0, 0]
    np.testing.assert_array_equal(out[0], [*range(2, 20), 19, 19])
    np.testing.assert_array_equal(out[5], [0, 0, *range(18)])
    np.testing.assert_array_equal(out[2:4], pictures[2:4, :, 0, 0])  # width 1: sideways


def test_letters_that_are_their_own_mirror_images_may_be():
    assert choose("picture", *letters("oTAHV"))[0].flip == "horizontal"


def test_what_is_told_by_colour_alone_is_flipped():
    generator = np.random.default_rng(0)
    labels = generator.integers(4, size=400)
    colours = generator.uniform(0, 255, (4, 1, 1, 3))[labels]
    pictures = colours + generator.normal(0, 40, (400, 32, 32, 3))
    assert choose("picture", pictures, labels)[0].flip == "horizontal"


@pytest.mark.parametrize(
    ("channels", "labels", "flip", "why"),
    [
        (3, None, "horizontal", "no classes to test it on"),
        (1, None, "none", "no classes to test it on"),
        (3, np.arange(90) // 3, "horizontal", "too few pictures of each class"),
        (1, np.arange(90) // 3, "none", "too few pictures of each class"),
        (3, np.arange(90) % 2, "horizontal", "could not tell the classes apart"),
        (1, np.arange(90) % 2, "none", "could not tell the classes apart"),
        (1, np.zeros(90), "none", "too few pictures of each class"),
    ],
)
def test_where_no_test_is_possible_colour_decides_and_it_is_said(channels, labels, flip, why):
    pictures = np.random.default_rng(0).uniform(0, 255, (90, 16, 16, channels))
    choice, reason = choose("picture", pictures, labels)
    assert choice.flip == flip
    assert why in reason


def test_grey_pictures_saved_in_three_channels_are_not_colour():
    grey = np.repeat(np.random.default_rng(0).uniform(0, 255, (90, 16, 16, 1)), 3, axis=3)
    assert choose("picture", grey, None)[0].flip == "none"


def test_other_kinds_and_targets():
    pictures = np.zeros((10, 32, 32, 3))
    assert choose("picture", pictures, None, "numbers")[0] == Augmentation()
    moved_along, reason = choose("picture", pictures, None, "pixels")
    assert moved_along == Augmentation(shift=0.04, flip="horizontal")
    assert "flipped along" in reason
    assert set(choose("signal", np.zeros((10, 50, 2)))[0].chosen) == {"shift", "scale", "noise"}
    assert choose("sound", pictures)[0].chosen == ("mask_time", "mask_frequency")
    with pytest.raises(HyperparameterError, match="kind must be one of picture, signal, sound"):
        choose("film", pictures)
    with pytest.raises(HyperparameterError, match="target must be one of classes, pixels"):
        choose("picture", pictures, None, "words")


def test_large_pictures_are_looked_at_small():
    generator = np.random.default_rng(0)
    labels = np.arange(40) % 2
    pictures = generator.uniform(0, 40, (40, 150, 200, 3))
    pictures[labels == 1, :75] += 200
    choice, reason = choose("picture", pictures, labels)
    assert choice == Augmentation(shift=0.1, flip="horizontal")
    assert "recognised 100 %" in reason


def test_it_is_deterministic_and_blind_to_scale():
    pictures, labels = digits()
    assert choose("picture", pictures, labels) == choose("picture", pictures, labels)
    seen = look(pictures, labels, (0.1,))
    assert seen == look((pictures * 15).astype(np.uint8), labels, (0.1,))


@pytest.mark.parametrize(("height", "width"), [(14, 9), (28, 31), (100, 37), (1, 2)])
def test_shrinking_averages_and_commutes_with_mirroring(height, width):
    pictures = np.random.default_rng(0).uniform(size=(3, height, width, 2))
    small = shrunk(pictures, 14)
    assert small.shape == (3, min(height, 14), min(width, 14), 2)
    np.testing.assert_allclose(small.mean(axis=(1, 2)), pictures.mean(axis=(1, 2)), rtol=1e-5)
    mirrored = shrunk(pictures[:, :, ::-1], 14)
    np.testing.assert_allclose(mirrored, small[:, :, ::-1], rtol=1e-4)
