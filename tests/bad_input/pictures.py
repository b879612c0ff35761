"""Pictures and recordings that cannot be used, and those that can after all."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from PIL import Image

import ranvier as rv
from ranvier.errors import DataError
from tests.bad_input.case import Handled, Refused
from tests.data.pictures.making import chunk, encoded, noise, tone, wav, write

FULL = OSError(28, "No space left on device")
DENIED = PermissionError(13, "Permission denied")  # simulated: root may read everything
IDX = bytes([0, 0, 8, 3]) + struct.pack(">3i", 4, 5, 6) + bytes(120)
HUGE = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(bytes(1000)))
    + chunk(b"IEND", b"")
)


def photos(folder: Path) -> Path:
    """Four pictures in two classes."""
    for number, name in enumerate(("cats/1", "cats/2", "dogs/1", "dogs/2")):
        write(folder / "photos" / f"{name}.png", noise(12, 16, 3, seed=number))
    return folder / "photos"


def spoilt(folder: Path, content: bytes, name: str = "dogs/3.jpg", **how: Any) -> rv.Dataset:
    """Four pictures, and a fifth file of this content."""
    (photos(folder) / name).write_bytes(content)
    return rv.read(folder / "photos", test_fraction=0, **how)


def with_picture(folder: Path, image: Image.Image, suffix: str = "png", **how: Any) -> rv.Dataset:
    """Four pictures, and a fifth."""
    write(photos(folder) / "dogs" / f"3.{suffix}", image, **how)
    return rv.read(folder / "photos", test_fraction=0)


def linked(folder: Path, target: str) -> rv.Dataset:
    (photos(folder) / "dogs" / "3.jpg").symlink_to(target)
    return rv.read(folder / "photos")


def denied(folder: Path) -> rv.Dataset:
    with mock.patch("ranvier.data.pictures.jobs.read", side_effect=DENIED):
        return rv.read(photos(folder))


def closed_folder(folder: Path) -> rv.Dataset:
    top = photos(folder)
    scan = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("dogs"):
            raise DENIED
        return scan(path)

    with mock.patch("os.scandir", scandir):
        return rv.read(top)


def full_disk(folder: Path) -> rv.Dataset:
    cache = {"RANVIER_CACHE_DIR": str(folder / "cache")}
    with mock.patch.dict(os.environ, cache), mock.patch("os.posix_fallocate", side_effect=FULL):
        return rv.read(photos(folder))


def empty(folder: Path, *names: str) -> rv.Dataset:
    for name in ("photos", *names):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return rv.read(folder / "photos")


def masks(folder: Path, *, images: str = "ab", partners: str = "ab", **how: Any) -> rv.Dataset:
    for number, name in enumerate(images):
        write(folder / "scans" / "images" / f"{name}.png", noise(8, 8, 3, seed=number))
    for number, name in enumerate(partners):
        write(folder / "scans" / "masks" / f"{name}.png", noise(8, 8, seed=number) % 3)
    return rv.read(folder / "scans", test_fraction=0, **how)


def deep_mask(folder: Path) -> rv.Dataset:
    masks(folder)
    write(folder / "scans" / "masks" / "b.png", Image.fromarray(np.full((8, 8), 999, np.uint16)))
    return rv.read(folder / "scans")


def half_split(folder: Path) -> rv.Dataset:
    for part, second in (("train", "masks"), ("test", "hints")):
        for name in ("images", second):
            write(folder / "scans" / part / name / "a.png", noise(8, 8))
    return rv.read(folder / "scans")


def archive(folder: Path, **arrays: Any) -> rv.Dataset:
    np.savez(folder / "data.npz", **arrays)
    return rv.read(folder / "data.npz")


def idx(folder: Path, content: bytes, labels: bytes = b"", given: str = "images-idx3") -> Any:
    (folder / "train-images-idx3-ubyte").write_bytes(content)
    if labels:
        (folder / "train-labels-idx1-ubyte").write_bytes(labels)
    return rv.read(folder / f"train-{given}-ubyte", test_fraction=0)


def several_idx(folder: Path) -> Any:
    (folder / "digits").mkdir()
    for name in ("digits", "letters"):
        (folder / "digits" / f"{name}-images-idx3-ubyte").write_bytes(IDX)
    return rv.read(folder / "digits")


def clips(folder: Path, content: bytes, **how: Any) -> rv.Dataset:
    for name, hertz in (("low", 300.0), ("high", 900.0)):
        (folder / "clips" / name).mkdir(parents=True)
        for number in range(3):
            (folder / "clips" / name / f"{number}.wav").write_bytes(wav(tone(0.5, hertz)))
    (folder / "clips" / "low" / "3.wav").write_bytes(content)
    return rv.read(folder / "clips", test_fraction=0, **how)


def lists(*sizes: tuple[int, ...]) -> rv.Dataset:
    return rv.read([noise(*size) for size in sizes])


def sideways(folder: Path) -> rv.Dataset:
    exif = Image.Exif()
    exif[0x0112] = 6
    return with_picture(folder, Image.fromarray(noise(16, 12, 3)), "jpg", exif=exif)


def unlabelled_test(folder: Path) -> rv.Dataset:
    photos(folder)
    (folder / "all").mkdir()
    (folder / "photos").rename(folder / "all" / "train")
    write(folder / "all" / "test" / "1.png", noise(12, 16, 3))
    return rv.read(folder / "all", test_fraction=0)


PNG = encoded(Image.fromarray(noise(12, 16, 3)))

CASES = [
    Refused(
        "a web page called .jpg", DataError, lambda f: spoilt(f, b"<!DOCTYPE html><html></html>")
    ),
    Refused("text called .jpg", DataError, lambda f: spoilt(f, b"see the other folder\n")),
    Refused("an empty file among pictures", DataError, lambda f: spoilt(f, b"")),
    Refused("a PNG cut short", DataError, lambda f: spoilt(f, PNG[:-300], "dogs/3.png")),
    Refused(
        "a JPEG cut short",
        DataError,
        lambda f: spoilt(f, encoded(Image.fromarray(noise(12, 16, 3)), "JPEG")[:-200]),
    ),
    Refused(
        "a PNG with a damaged byte",
        DataError,
        lambda f: spoilt(f, PNG[:60] + b"\0\1\2" + PNG[63:], "dogs/3.png"),
    ),
    Refused("nothing but zero bytes", DataError, lambda f: spoilt(f, bytes(500))),
    Refused(
        "a pointer of Git LFS",
        DataError,
        lambda f: spoilt(f, b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"),
    ),
    Refused("a drawing (SVG) called .png", DataError, lambda f: spoilt(f, b"<svg></svg>")),
    Refused("a PDF called .jpg", DataError, lambda f: spoilt(f, b"%PDF-1.7\n")),
    Refused("a decompression bomb", DataError, lambda f: spoilt(f, HUGE, "dogs/3.png")),
    Refused("a picture that may not be read", DataError, denied),
    Refused("a class folder that may not be read", DataError, closed_folder),
    Refused("a link that leads nowhere", DataError, lambda f: linked(f, "gone.jpg")),
    Refused("a link to itself", DataError, lambda f: linked(f, "3.jpg")),
    Refused("no room for the decoded pictures", DataError, full_disk),
    Refused("an empty folder", DataError, empty),
    Refused("empty folders in a folder", DataError, lambda f: empty(f, "photos/a", "photos/b/c")),
    Refused("a picture without mask", DataError, lambda f: masks(f, images="abc")),
    Refused("a mask without picture", DataError, lambda f: masks(f, partners="abc")),
    Refused("masks with other names", DataError, lambda f: masks(f, partners="xy")),
    Refused("a mask with numbers above 255", DataError, deep_mask),
    Refused("a test part without masks", DataError, half_split),
    Refused(
        "an .npz of pictures as Python objects",
        DataError,
        lambda f: archive(f, images=np.array([noise(4, 4), noise(5, 5)], dtype=object)),
    ),
    Refused(
        "an .npz whose halves differ in the pictures' size",
        DataError,
        lambda f: archive(
            f, x_train=noise(4, 8, 8), y_train=range(4), x_test=noise(2, 9, 9), y_test=range(2)
        ),
    ),
    Refused("an IDX file cut short", DataError, lambda f: idx(f, IDX[:-7])),
    Refused("a web page called -ubyte", DataError, lambda f: idx(f, b"<html></html>")),
    Refused(
        "IDX labels that are more than the pictures",
        DataError,
        lambda f: idx(f, IDX, bytes([0, 0, 8, 1, 0, 0, 0, 9]) + bytes(9)),
    ),
    Refused(
        "IDX labels where pictures are meant",
        DataError,
        lambda f: idx(f, IDX, bytes([0, 0, 8, 1, 0, 0, 0, 4]) + bytes(4), "labels-idx1"),
    ),
    Refused("a folder of several IDX sets", DataError, several_idx),
    Refused("a list of arrays of different sizes", DataError, lambda _: lists((8, 8), (9, 8))),
    Refused(
        "a picture without pixels in a list",
        DataError,
        lambda _: rv.read([Image.new("L", (4, 4)), Image.new("L", (0, 4))]),
    ),
    Refused("pictures with NaN", DataError, lambda _: rv.read(np.full((3, 8, 8, 1), np.nan))),
    Refused(
        "an array without an axis for channels", DataError, lambda _: rv.read(np.ones((3, 9, 8, 7)))
    ),
    Refused("an array of no picture", DataError, lambda _: rv.read(np.ones((0, 8, 8, 3)))),
    Refused("an array of five axes", DataError, lambda _: rv.read(np.ones((2, 3, 4, 5, 6)))),
    Refused("a recording cut short", DataError, lambda f: clips(f, wav(tone(0.5))[:999])),
    Refused("an empty recording", DataError, lambda f: clips(f, wav(tone(0)))),
    Refused("an MP3 called .wav", DataError, lambda f: clips(f, b"ID3\3" + bytes(200))),
    Refused("a recording in A-law", DataError, lambda f: clips(f, wav(tone(0.5), kind=6))),
]

HANDLED = [
    Handled(
        "a file that is no picture, to be left out",
        "left out",
        lambda f: spoilt(f, b"<html>", on_error="skip"),
    ),
    Handled("a text file beside pictures", "not used", lambda f: spoilt(f, b"x", "dogs/a.txt")),
    Handled(
        "a folder without pictures among the classes",
        "no class of its own",
        lambda f: ((photos(f) / "birds").mkdir(), rv.read(f / "photos"))[1],
    ),
    Handled(
        "pictures beside the class folders",
        "beside the classes",
        lambda f: spoilt(f, PNG, "0.png"),
    ),
    Handled(
        "a folder in a folder",
        "read from",
        lambda f: (photos(f / "archive"), rv.read(f / "archive", test_fraction=0))[1],
    ),
    Handled(
        "pictures of different sizes",
        "resized",
        lambda f: with_picture(f, Image.fromarray(noise(40, 20, 3))),
    ),
    Handled(
        "a grey picture among colours",
        "read as colours",
        lambda f: with_picture(f, Image.fromarray(noise(12, 16))),
    ),
    Handled(
        "transparency", "laid on white", lambda f: with_picture(f, Image.new("RGBA", (16, 12)))
    ),
    Handled(
        "pictures of 16 bits",
        "scaled to 8",
        lambda f: with_picture(f, Image.fromarray(np.full((12, 16), 40_000, np.uint16))),
    ),
    Handled(
        "an animation",
        "the first picture",
        lambda f: with_picture(
            f,
            Image.new("RGB", (16, 12)),
            "gif",
            save_all=True,
            append_images=[Image.new("RGB", (16, 12), "red")],
        ),
    ),
    Handled("a photograph on its side", "turned upright", sideways),
    Handled(
        "pictures without mask, to be left out",
        "without partner",
        lambda f: masks(f, images="abc", on_error="skip"),
    ),
    Handled("a test folder without classes", "not used", unlabelled_test),
    Handled(
        "recordings of another rate",
        "resampled",
        lambda f: clips(f, wav(tone(0.5, rate=16_000), 16_000)),
    ),
    Handled(
        "a recording longer than most",
        "the middle of 1 longer",
        lambda f: clips(f, wav(tone(3.0))),
    ),
]
