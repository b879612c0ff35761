"""Sections about models that predict no target, from findings made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from ranvier.model.measuring.classes import classes
from ranvier.model.measuring.copies import copies
from ranvier.model.measuring.generation import Compared, Likeness
from ranvier.report.charts.cloud import COLOURS, MOST, cloud, legend
from ranvier.report.findings import Enlargement, Frames, Generation, Reconstruction
from ranvier.report.sections.enlarged import enlarged
from ranvier.report.sections.kept import kept
from ranvier.report.sections.made import made
from ranvier.report.sections.making import MOST_FRAMES, filmstrip
from tests.report.conftest import HOSTILE

RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)


def reconstruction(**changed: Any) -> Reconstruction:
    values: dict[str, Any] = {
        "codes": RANDOM.normal(size=(40, 3)),
        "labels": np.array([HOSTILE, "b"] * 20),
        "errors": np.linspace(0.0, 1.0, 40),
        "usualness": -np.linspace(0.0, 1.0, 40),
        "truth": PICTURES,
        "made": PICTURES[::-1],
        "strip": PICTURES[:5],
        "metrics": {"mse": 0.1},
        "others": (("PCA", {"mse": 0.2}),),
    }
    return Reconstruction(**values | changed)


def test_pictures_and_what_came_back() -> None:
    text = str(kept(reconstruction(), "rows never seen"))
    assert text.count("<img") == 13  # four of the best, usual and worst, and the strip
    assert HOSTILE not in text
    assert "first component" in text
    assert "From one to another" in text


def test_a_table_shows_its_oddest_rows_first() -> None:
    frame = pl.DataFrame({HOSTILE: np.arange(40.0), "other": ["x"] * 40})
    found = reconstruction(truth=None, made=None, strip=None, inputs=frame)
    text = str(kept(found, "rows never seen"))
    assert "<img" not in text
    assert HOSTILE not in text
    assert text.index(">39<") > text.index(">40<")  # row 40, whose first column is 39
    assert ">28<" not in text.split("The space")[0]


def test_codes_of_two_numbers_are_drawn_as_they_are() -> None:
    text = str(kept(reconstruction(codes=RANDOM.normal(size=(40, 2)), labels=None), "rows"))
    assert "first number" in text
    one = str(kept(reconstruction(codes=RANDOM.normal(size=(40, 1))), "rows"))
    assert "The space" not in one


def test_many_classes_share_the_last_colour() -> None:
    labels = np.array([f"class {n:02}" for n in range(12)] * 200)
    text = str(cloud("all", RANDOM.normal(size=(2400, 2)), labels, ("x", "y")))
    assert text.count("<circle") == MOST
    assert f"k{COLOURS}" not in text
    assert "and 2 more" in str(legend(labels))


def generation(samples: np.ndarray) -> Generation:
    likeness = Likeness(1.0, 0.5, 0.5)
    trained, held_out = RANDOM.integers(0, 256, (2, 60, 8, 8, 1)).astype(np.uint8)
    trained[:40] = PICTURES
    names = np.array([HOSTILE, "b"])
    said = np.array([HOSTILE] * len(samples))
    return Generation(
        samples=samples,
        nearest=trained[:40],
        asked=said,
        compared=Compared(40, likeness, likeness),
        bagged=likeness.plain(),
        copies=copies(samples, trained, held_out),
        classes=classes(said, names, said),
        real_classes=classes(np.array([HOSTILE, "b"]), names),
        judge="something",
        strip=None,
    )


def test_copies_are_said_where_there_are_some() -> None:
    fresh = RANDOM.integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)
    assert "no sign of copying" in str(made(generation(fresh)))
    text = str(made(generation(PICTURES)))
    assert "some of them are copies" in text
    assert text.count("<img") == 24
    assert HOSTILE not in text


def test_enlarged_pictures_stand_beside_the_truth() -> None:
    pair = (PICTURES[0], PICTURES[1], PICTURES[2], PICTURES[3])
    found = Enlargement(2, (pair, pair), (HOSTILE, ""), {"psnr": 30.0}, {"psnr": 29.0}, 2)
    text = str(enlarged(found))
    assert text.count("<img") == 2
    assert HOSTILE not in text


def test_the_filmstrip_runs_from_the_first_picture_to_the_last() -> None:
    epochs = tuple(range(1, 21))
    frames = Frames(epochs, tuple(np.zeros((4, 4, 3), np.uint8) for _ in epochs))
    text = str(filmstrip(frames))
    assert text.count("<img") == MOST_FRAMES
    assert "after epoch 1<" in text
    assert "after epoch 20<" in text
    assert filmstrip(Frames()) is None
