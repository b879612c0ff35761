"""Targets that cannot be learned, found or scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError, TargetError
from tests.bad_input.case import (
    ROWS,
    Refused,
    fit,
    flights,
    halves,
    model,
    numbers,
    of_arrays,
    of_flights,
    of_names,
)

ORDERS = "size,order_id\n" + "".join(f"{n % 7},{n * 3}\n" for n in range(30))
MIXED = np.array(["a", 1] * 20, dtype=object)
THREE = np.arange(ROWS) % 3


def table(folder: Path, text: str, **how: Any) -> rv.Dataset:
    (folder / "flights.csv").write_text(text)
    return rv.read(folder / "flights.csv", **how)


def flights_file(folder: Path, target: Any = None) -> rv.Dataset:
    flights().write_csv(folder / "flights.csv")
    return rv.read(folder / "flights.csv", target=target)


def with_gap(value: float) -> np.ndarray[Any, Any]:
    y = numbers(ROWS)
    y[3] = value
    return y


CASES = [
    Refused("a column that is not there", TargetError, lambda f: flights_file(f, "delay")),
    Refused("a column in another case", TargetError, lambda f: flights_file(f, "ARR_DELAY")),
    Refused(
        "no target, and the last column is an identifier",
        TargetError,
        lambda f: table(f, ORDERS),
    ),
    Refused(
        "no target, and two columns could be it",
        TargetError,
        lambda f: table(f, "a,label,class\n1,2,3\n4,5,6\n"),
    ),
    Refused("no target, and no header", TargetError, lambda f: table(f, "1,2,3\n4,5,6\n")),
    Refused("no target, and one column", TargetError, lambda f: table(f, "a\n1\n2\n")),
    Refused("no target in an array", TargetError, lambda f: rv.read(numbers())),
    Refused("a target named twice", TargetError, lambda f: flights_file(f, ["arr_delay"] * 2)),
    Refused("a target that is a number", TargetError, lambda f: flights_file(f, 3)),
    Refused(
        "every column a target",
        TargetError,
        lambda f: flights_file(f, ["carrier", "distance", "dep_delay", "arr_delay"]),
    ),
    Refused(
        "another target for a built-in set",
        TargetError,
        lambda f: rv.read("iris", target="sepal_length"),
    ),
    Refused(
        "a target without a value", TargetError, lambda f: table(f, "a,y\n1,\n2,NA\n", target="y")
    ),
    Refused("no y", TargetError, lambda f: fit(numbers())),
    Refused("missing values in y", DataError, lambda f: fit(numbers(), with_gap(np.nan))),
    Refused("None in y", DataError, lambda f: fit(numbers(), ["a", None] * 20)),
    Refused("an infinity in y", DataError, lambda f: fit(numbers(), with_gap(np.inf))),
    Refused("an infinity in a target column", DataError, lambda f: fit_column(with_gap(np.inf))),
    Refused("complex numbers in y", DataError, lambda f: fit(numbers(), numbers(40) * 1j)),
    Refused("y of three dimensions", TargetError, lambda f: fit(numbers(), numbers(40, 2, 2))),
    Refused("y of one number", DataError, lambda f: fit(numbers(), 3)),
    Refused("y of text in two columns", TargetError, lambda f: fit(numbers(), [["a", "b"]] * ROWS)),
    Refused(
        "y of lists of different lengths", DataError, lambda f: fit(numbers(), [[1], [1, 2]] * 20)
    ),
    Refused("y of dictionaries", TargetError, lambda f: fit(numbers(), [{"a": 1}, {"b": 2}] * 20)),
    Refused(
        "y of dates",
        TargetError,
        lambda f: fit(numbers(), np.arange("2024-01-01", "2024-02-10", dtype="M8[D]")),
    ),
    Refused("one class", TargetError, lambda f: fit(numbers(), ["yes"] * ROWS)),
    Refused(
        "one number, read as classes",
        TargetError,
        lambda f: fit(numbers(), np.ones(ROWS), task="classification"),
    ),
    Refused(
        "fractions for classification",
        TargetError,
        lambda f: fit(numbers(), numbers(ROWS), task="classification"),
    ),
    Refused(
        "fractions, named multiclass",
        TargetError,
        lambda f: fit(numbers(), numbers(ROWS), task="multiclass"),
    ),
    Refused(
        "text for regression",
        TargetError,
        lambda f: fit(numbers(), ["low", "high"] * 20, task="regression"),
    ),
    Refused(
        "a different name in every row",
        TargetError,
        lambda f: fit(numbers(), [f"customer {n}" for n in range(ROWS)]),
    ),
    Refused(
        "text mixed with numbers",
        TargetError,
        lambda f: fit(numbers(), MIXED),
    ),
    Refused(
        "three classes for binary", TargetError, lambda f: fit(numbers(), THREE, task="binary")
    ),
    Refused(
        "two columns for binary",
        TargetError,
        lambda f: fit(numbers(), numbers(ROWS, 2) > 0, task="binary"),
    ),
    Refused(
        "numbers other than 0 and 1 for multilabel",
        TargetError,
        lambda f: fit(numbers(), np.stack([THREE, THREE], 1), task="multilabel"),
    ),
    Refused(
        "one column for multilabel",
        TargetError,
        lambda f: fit(numbers(), halves(), task="multilabel"),
    ),
    Refused(
        "class_weight with an unknown class",
        HyperparameterError,
        lambda f: fit(numbers(), ["AA", "UA"] * 20, class_weight={"AB": 2.0}),
    ),
    Refused(
        "class_weight below zero",
        HyperparameterError,
        lambda f: fit(numbers(), halves(), class_weight={1: -2.0}),
    ),
    Refused(
        "class_weight that is text",
        HyperparameterError,
        lambda f: fit(numbers(), halves(), class_weight={1: "heavy"}),
    ),
    Refused(
        "class_weight of zero for every class",
        HyperparameterError,
        lambda f: fit(numbers(), halves(), class_weight={0: 0, 1: 0}),
    ),
    Refused(
        "class_weight misspelt",
        HyperparameterError,
        lambda f: fit(numbers(), halves(), class_weight="balance"),
    ),
    Refused(
        "class_weight for regression",
        HyperparameterError,
        lambda f: fit(numbers(), numbers(ROWS), class_weight="balanced"),
    ),
    Refused("score without y", TargetError, lambda f: of_arrays().score(numbers())),
    Refused(
        "score against an unknown class",
        TargetError,
        lambda f: of_names().evaluate(numbers(4, 3), ["AA", "B6", "ZZ", "UA"]),
    ),
    Refused(
        "score numbers against names",
        TargetError,
        lambda f: of_names().evaluate(numbers(4, 3), [0, 1, 2, 0]),
    ),
    Refused(
        "score text against numbers",
        TargetError,
        lambda f: of_flights().score(flights().drop("arr_delay"), ["late"] * ROWS),
    ),
    Refused(
        "score two columns against one",
        TargetError,
        lambda f: of_flights().score(flights().drop("arr_delay"), numbers(ROWS, 2)),
    ),
    Refused(
        "score with y of another length",
        DataError,
        lambda f: of_arrays().score(numbers(), halves()[:7]),
    ),
]


def fit_column(values: np.ndarray[Any, Any]) -> rv.FCNN:
    frame = flights().with_columns(pl.Series("arr_delay", values))
    return model().fit(frame, target="arr_delay")
