"""Many PNG files undone together give what Pillow gives for each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ranvier.data.pictures import Form
from ranvier.data.pictures.decoding import decode as one_by_one
from ranvier.data.pictures.small_png import decode
from tests.data.pictures.making import chunk, encoded, noise, png


@settings(max_examples=40)
@given(
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    colours=st.booleans(),
    parts=st.integers(1, 3),
    seed=st.integers(0, 999),
)
def test_as_pillow(height, width, colours, parts, seed):
    shape = (height, width, 3) if colours else (height, width)
    random = np.random.default_rng(seed)
    values = [noise(*shape, seed=seed + number) for number in range(4)]
    files = [png(value, random.integers(0, 5, height).tolist(), parts=parts) for value in values]
    form = Form("picture", (height, width, 3 if colours else 1))
    found = decode(files, form)
    assert set(found) == {0, 1, 2, 3}
    for place, value in enumerate(values):
        assert found[place][0] == value.tobytes()
        assert found[place] == one_by_one(files[place], form)


def test_pillows_own_files():
    values = [noise(28, 28, seed=seed) // 16 for seed in range(5)]
    found = decode([encoded(Image.fromarray(v)) for v in values], Form("picture", (28, 28, 1)))
    assert [found[n][0] for n in range(5)] == [v.tobytes() for v in values]


def damaged(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


PLAIN = png(noise(5, 7), [1] * 5)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN[:-20],
        PLAIN[:-6],
        damaged(PLAIN, 20),
        damaged(PLAIN, 30),
        damaged(PLAIN, 45),
        png(noise(5, 8), [1] * 5),
        png(noise(5, 7, 3), [1] * 5),
        png(noise(5, 7), [1] * 5, extra=chunk(b"tRNS", b"\0\7")),
        png(noise(5, 7), [1] * 5, extra=chunk(b"eXIf", b"MM\0*")),
        png(noise(5, 7), [1] * 5).replace(b"IDAT", b"IDAX"),
        encoded(Image.fromarray(noise(5, 7)), "JPEG"),
    ],
)
def test_anything_unusual_is_left_alone(data):
    found = decode([PLAIN, data, PLAIN], Form("picture", (5, 7, 1)))
    assert set(found) == {0, 2}
    assert found[0][0] == found[2][0] == noise(5, 7).tobytes()


def test_what_changes_no_pixel_is_passed_over():
    data = png(
        noise(5, 7), [2] * 5, extra=chunk(b"tEXt", b"Title\0noise") + chunk(b"gAMA", bytes(4))
    )
    assert set(decode([data], Form("picture", (5, 7, 1)))) == {0}


def test_other_kinds_and_large_pictures_are_not_tried():
    assert decode([PLAIN], Form("mask", (5, 7, 1))) == {}
    assert decode([PLAIN], Form("picture", (500, 700, 1))) == {}
