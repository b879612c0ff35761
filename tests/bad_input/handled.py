"""What is no error: handled, and said aloud."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import polars as pl

from ranvier.data import as_examples
from ranvier.model import fitting
from tests.bad_input.case import (
    ROWS,
    Handled,
    flights,
    halves,
    model,
    numbers,
    of_arrays,
    of_flights,
)
from tests.bad_input.files import read

FEW_DAYS = [f"{day}.3.2024" for day in range(1, 21)] * 2


def before_training(*data: Any) -> Any:
    """What `fit` decides and says before the first step."""
    return SimpleNamespace(decisions_=fitting.prepare(model(), as_examples(*data)).lines)


def column(values: Any, name: str = "size") -> Any:
    """One column among flights."""
    frame = flights().drop("arr_delay").with_columns(pl.Series(name, values, strict=False))
    return before_training(frame, halves())


def only(name: str, values: Any) -> Any:
    """A frame of one column."""
    return before_training(pl.DataFrame({name: values}), halves())


def july(folder: Path, changes: pl.DataFrame) -> None:
    changes.write_csv(folder / "july.csv")
    of_flights().predict(folder / "july.csv")


def full_disk(folder: Path) -> None:
    import orbax.checkpoint as ocp

    full = OSError(28, "No space left on device")
    with mock.patch.object(ocp.CheckpointManager, "save", side_effect=full):
        model().fit(numbers(), halves(), run_dir=folder / "run")


INPUTS = [
    Handled(
        "text in Windows-1252",
        "Windows-1252",
        lambda f: read(f, "a.csv", "name,size\nZoë,1\nBob,2\n".encode("cp1252"), test_fraction=0),
    ),
    Handled(
        "text in UTF-16",
        "UTF-16",
        lambda f: read(f, "a.csv", "name,size\nZoë,1\nBob,2\n".encode("utf-16"), test_fraction=0),
    ),
    Handled(
        "a file without header",
        "no header",
        lambda f: read(f, "a.csv", b"1,2\n3,4\n", target="column_2", test_fraction=0),
    ),
    Handled(
        "a column without name",
        "without a name",
        lambda f: read(f, "a.csv", b"a,,y\n1,2,3\n4,5,6\n", test_fraction=0),
    ),
    Handled(
        "a name twice in a file",
        "a_2",
        lambda f: read(f, "a.csv", b"a,a,y\n1,2,3\n4,5,6\n", test_fraction=0),
    ),
    Handled(
        "a name twice in a pandas frame",
        "a_2",
        lambda f: before_training(pd.DataFrame(numbers(), columns=["a", "a", "b"]), halves()),
    ),
    Handled(
        "inches written as quotation marks",
        "quotation marks",
        lambda f: read(f, "a.csv", b'size,y\n5",1\n7,2\n', test_fraction=0),
    ),
    Handled(
        "rows without a target",
        "not used",
        lambda f: read(f, "a.csv", b"a,y\n1,2\n3,\n4,5\n", test_fraction=0),
    ),
    Handled(
        "words among numbers",
        "no number",
        lambda f: column([*map(str, range(100, 139)), "unknown"]),
    ),
    Handled("days in another style", "size", lambda f: column(FEW_DAYS)),
    Handled("a column of one value", "left out: size (one value)", lambda f: column([3] * ROWS)),
    Handled(
        "a column without values", "left out: size (no values)", lambda f: column([None] * ROWS)
    ),
    Handled(
        "a column of numbers that count the rows",
        "left out: order_id",
        lambda f: column(range(ROWS), "order_id"),
    ),
    Handled(
        "a name that is different in every row",
        "left out: size",
        lambda f: column([f"customer {n}" for n in range(ROWS)]),
    ),
    Handled(
        "free text",
        "left out: size (free text",
        lambda f: column([f"the flight was late for the {n}th time" for n in range(ROWS)]),
    ),
    Handled("a column of lists", "left out: size (list", lambda f: column([[1, 2]] * ROWS)),
    Handled(
        "missing values alone",
        "no column varies",
        lambda f: before_training(np.full((ROWS, 3), np.nan), halves()),
    ),
    Handled(
        "columns that are all left out", "no column varies", lambda f: only("order_id", range(ROWS))
    ),
    Handled(
        "too few rows to validate", "too few rows", lambda f: before_training(numbers(), halves())
    ),
    Handled(
        "names at fit and none at predict",
        "valid feature names",
        lambda f: of_flights().predict(flights().drop("arr_delay").to_numpy()),
    ),
    Handled(
        "no names at fit and names at predict",
        "has feature names",
        lambda f: of_arrays().predict(pd.DataFrame(numbers(), columns=["a", "b", "c"])),
    ),
    Handled(
        "a file without one of the columns",
        "has no column",
        lambda f: july(f, flights().drop("distance")),
    ),
    Handled(
        "a file with text in a column of numbers",
        "are no number",
        lambda f: july(f, flights().with_columns(distance=pl.lit("far"))),
    ),
]

TARGETS = [
    Handled("grades from 1 to 5", "could also be regression", lambda f: before_training(
        numbers(), np.arange(ROWS) % 5 + 1)),
    Handled("two numbers", "could also be regression", lambda f: before_training(
        numbers(), halves())),
    Handled("one number for regression", "one number", lambda f: before_training(
        numbers(), np.full(ROWS, 2.5))),
    Handled("y as a column", "column-vector", lambda f: before_training(
        numbers(), numbers(ROWS, 1))),
]  # fmt: skip

RUNS = [
    Handled(
        "a disk that fills up while checkpoints are written", "could not be written", full_disk
    ),
]
