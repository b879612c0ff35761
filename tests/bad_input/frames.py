"""Arrays and frames that no network can learn from, or that do not fit the one that learned."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import scipy.sparse

import ranvier as rv
from ranvier.errors import DataError, DataTypeError, TargetError
from tests.bad_input.case import (
    Refused,
    fit,
    flights,
    halves,
    model,
    numbers,
    of_arrays,
    of_flights,
)


def with_infinity() -> np.ndarray[Any, Any]:
    X = numbers()
    X[7, 1] = np.inf
    return X


def renamed() -> pl.DataFrame:
    return flights().drop("arr_delay").rename({"dep_delay": "departure_delay"})


def reordered() -> pl.DataFrame:
    return all_but_target().select("dep_delay", "distance", "carrier")


def all_but_target() -> pl.DataFrame:
    return flights().drop("arr_delay")


CASES = [
    Refused("one dimension", DataError, lambda f: fit(numbers(40), halves())),
    Refused("three dimensions", DataError, lambda f: fit(numbers(40, 3, 2), halves())),
    Refused("one number", DataError, lambda f: fit(3.5, [1])),
    Refused("complex numbers", DataError, lambda f: fit(numbers() + 1j, halves())),
    Refused("no rows", DataError, lambda f: fit(np.empty((0, 3)), [])),
    Refused("no columns", DataError, lambda f: fit(np.empty((40, 0)), halves())),
    Refused("a frame without rows", DataError, lambda f: fit(flights().head(0), [])),
    Refused("an infinity in an array", DataError, lambda f: fit(with_infinity(), halves())),
    Refused(
        "an infinity in a frame",
        DataError,
        lambda f: fit(pl.DataFrame({"speed": [1.0, np.inf, 2.0]}), [0, 1, 0]),
    ),
    Refused("X and y of different lengths", DataError, lambda f: fit(numbers(), halves()[:39])),
    Refused("rows of different lengths", DataError, lambda f: fit([[1, 2], [3]], [0, 1])),
    Refused("nothing", DataTypeError, lambda f: fit(None, [0, 1])),
    Refused("a dictionary", DataTypeError, lambda f: fit({"a": [1, 2]}, [0, 1])),
    Refused("a set", DataTypeError, lambda f: fit({1, 2}, [0, 1])),
    Refused("a function", DataTypeError, lambda f: fit(len, [0, 1])),
    Refused("a generator", DataTypeError, lambda f: rv.read(x for x in range(3))),
    Refused(
        "a sparse matrix too large to be dense",
        DataError,
        lambda f: fit(scipy.sparse.csr_matrix((10**7, 10**7)), halves()),
    ),
    Refused(
        "a sparse matrix of complex numbers",
        DataError,
        lambda f: fit(scipy.sparse.csr_matrix(numbers() * 1j), halves()),
    ),
    Refused("one row", TargetError, lambda f: fit(numbers(1, 3), ["a"])),
    Refused(
        "too few columns in an array, at predict",
        DataError,
        lambda f: of_arrays().predict(numbers(5, 2)),
    ),
    Refused("no rows, at predict", DataError, lambda f: of_arrays().predict(np.empty((0, 3)))),
    Refused(
        "one row as a vector, at predict", DataError, lambda f: of_arrays().predict(numbers(3))
    ),
    Refused("an infinity, at predict", DataError, lambda f: of_arrays().predict(with_infinity())),
    Refused(
        "text for a model of numbers, at predict",
        DataError,
        lambda f: of_arrays().predict([["a", "b", "c"]]),
    ),
    Refused(
        "a missing column, at predict",
        DataError,
        lambda f: of_flights().predict(all_but_target().drop("distance")),
        contract=True,
    ),
    Refused(
        "an extra column, at predict",
        DataError,
        lambda f: of_flights().predict(flights()),
        contract=True,
    ),
    Refused(
        "a renamed column, at predict",
        DataError,
        lambda f: of_flights().predict(renamed()),
        contract=True,
    ),
    Refused(
        "columns in another order, at predict",
        DataError,
        lambda f: of_flights().predict(reordered()),
        contract=True,
    ),
    Refused(
        "an array for a model of a frame, too narrow",
        DataError,
        lambda f: of_flights().predict(numbers(5, 2)),
    ),
    Refused(
        "a path that is not there, at predict",
        DataError,
        lambda f: of_flights().predict(f / "july.csv"),
    ),
    Refused("a Dataset and y together", DataError, lambda f: fit(rv.read("iris"), halves())),
    Refused(
        "weights that are negative",
        DataError,
        lambda f: model().fit(numbers(), halves(), sample_weight=-np.ones(40)),
    ),
    Refused(
        "weights that are all zero",
        DataError,
        lambda f: model().fit(numbers(), halves(), sample_weight=np.zeros(40)),
    ),
    Refused(
        "too few weights",
        DataError,
        lambda f: model().fit(numbers(), halves(), sample_weight=np.ones(39)),
    ),
    Refused(
        "weights that are missing",
        DataError,
        lambda f: model().fit(numbers(), halves(), sample_weight=np.full(40, np.nan)),
    ),
    Refused(
        "weights that are text",
        DataError,
        lambda f: model().fit(numbers(), halves(), sample_weight=["heavy"] * 40),
    ),
    Refused(
        "weights in two columns",
        DataError,
        lambda f: model().fit(numbers(), halves(), sample_weight=np.ones((40, 2))),
    ),
]
