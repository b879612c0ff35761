"""A table that names pictures."""

from __future__ import annotations

from unittest import mock

import numpy as np
import polars as pl
import pytest

from ranvier.data.pictures.columns import pictures_in
from ranvier.errors import DataError
from tests.data.pictures.making import noise, write


@pytest.fixture
def houses(tmp_path):
    for number in range(4):
        write(tmp_path / "views" / f"{number}.png", noise(6, 5, seed=number))
    return pl.DataFrame(
        {"city": ["Ulm", "Köln"] * 2, "view": [f"{n}.png" for n in range(4)], "price": [1, 2, 3, 4]}
    )


@pytest.mark.parametrize("folder", ["", "views/"])
def test_pictures_and_the_columns_beside(tmp_path, houses, folder):
    frame = houses.with_columns((folder + pl.col("view")).alias("view"))
    pictures, column, notes = pictures_in(frame.rename({"view": "photo"}), tmp_path)
    assert column == "photo"
    assert pictures.shape == (4, 6, 5, 1)
    assert pictures.beside.columns == ["city", "price"]
    assert pictures.columns == ("picture", "city", "price")
    where = "" if folder else " in views"
    assert notes == (f'column "photo" names pictures{where}: they are read',)
    some = pictures[np.array([3, 1])]
    assert np.array_equal(some.take(np.array([0]))[0, ..., 0], noise(6, 5, seed=3))
    assert some.beside["price"].to_list() == [4, 2]


def test_absolute_paths(tmp_path, houses):
    frame = houses.with_columns((f"{tmp_path}/views/" + pl.col("view")).alias("view"))
    assert len(pictures_in(frame, tmp_path / "views")[0]) == 4


def test_missing_files(tmp_path, houses):
    (tmp_path / "views" / "2.png").unlink()
    with pytest.raises(DataError, match=r"^2.png is not there. 1 of 4 files. Leave"):
        pictures_in(houses, tmp_path)
    pictures, _, notes = pictures_in(houses, tmp_path, "skip")
    assert pictures.beside["price"].to_list() == [1, 2, 4]
    assert len(pictures) == 3
    assert np.array_equal(pictures.take(np.array([2]))[0, ..., 0], noise(6, 5, seed=3))
    assert "1 file that cannot be read is left out: 2.png is not there" in notes


def test_rows_without_a_path(tmp_path, houses):
    frame = houses.with_columns(pl.Series("view", ["0.png", None, "2.png", ""]))
    with pytest.raises(DataError, match=r'Column "view" names no picture in row 1. 2 of 4 rows'):
        pictures_in(frame, tmp_path)
    pictures, _, notes = pictures_in(frame, tmp_path, "skip")
    assert pictures.beside["price"].to_list() == [1, 3]
    assert "2 of 4 rows without a path in view are left out" in notes


def test_ordinary_tables_cost_nothing(tmp_path, houses):
    frame = pl.DataFrame({"name": ["Ann", "Bob"], "size": [1, 2], "none": [None, None]})
    with mock.patch("os.path.lexists", side_effect=AssertionError):
        assert pictures_in(frame, tmp_path) is None
    assert pictures_in(houses, tmp_path / "elsewhere") is None
    assert pictures_in(houses.drop("view"), tmp_path) is None


def test_only_pictures(tmp_path, houses):
    pictures, _, _ = pictures_in(houses.select("view"), tmp_path)
    assert pictures.beside is None
