"""What each column is taken for, and what is said about it."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from ranvier.preprocessing import TablePreprocessor
from ranvier.preprocessing.columns import recognise

N = 40


@pytest.mark.parametrize(
    ("values", "kind", "reason"),
    [
        (pl.Series("v", [[1]] * N), "unsupported", "list"),
        (pl.Series("v", [None] * N), "empty", "no values"),
        (pl.Series("v", [float("nan")] * N), "empty", "no values"),
        (pl.Series("v", ["NA", "", "?"]), "empty", "no values"),
        (pl.Series("v", [7] * N), "constant", "one value"),
        (pl.Series("v", [True, False]), "boolean", "true and false"),
        (pl.Series("v", ["True", "FALSE"]), "boolean", "true and false"),
        (pl.Series("v", range(N)), "identifier", "counts the rows"),
        (pl.Series("v", range(1, N + 1)), "identifier", "counts the rows"),
        (pl.Series("v", range(1, N + 1)).reverse(), "numeric", "numbers"),
        (pl.Series("order_id", range(N)).reverse(), "identifier", "different number"),
        (pl.Series("v", ["1.5", "?", "3"]), "numeric", "numbers"),
        (pl.Series("v", ["1"] * 19 + ["2"] * 20 + ["two"]), "numeric", "1 value is no number"),
        (pl.Series("v", ["1"] * 17 + ["two", "three", "four"]), "category", "4 different"),
        (pl.Series("v", ["007", "012"] * 9), "category", "2 different"),
        (pl.Series("v", ["a", "b"]), "category", "2 different"),
        (pl.Series("v", ["a", "b"], dtype=pl.Categorical), "category", "2 different"),
        (pl.Series("v", [f"k{i}" for i in range(N)]), "identifier", "every row"),
        (pl.Series("v", [f"{i} is the number of it" for i in range(N)]), "text", "6 words"),
        (pl.Series("v", [dt.date(2020, 1, 1), dt.date(2020, 2, 1)]), "datetime", "dates"),
        (pl.Series("v", ["2020-01-01", "2020-01-02"]), "datetime", "dates"),
        (pl.Series("v", ["1/2/2013", "13/2/2013"]), "datetime", "read as day/month/year"),
        (pl.Series("v", ["1/2/2013", "2/13/2013"]), "datetime", "read as month/day/year"),
        (pl.Series("v", ["1/2/13", "2/13/13"]), "datetime", "read as month/day/year"),
        (pl.Series("v", ["3.2.2013 10:30", "4.2.2013 11:00"]), "datetime", "day.month.year hour"),
        (pl.Series("v", ["Jan 3, 2020", "Feb 4, 2021"]), "datetime", "month day, year"),
        (pl.Series("v", ["10.5", "11.25"]), "numeric", "numbers"),
        (pl.Series("v", ["1.2.3", "1.10.0"]), "category", "2 different"),
        (pl.Series("v", [dt.timedelta(1), dt.timedelta(2)]), "numeric", "numbers"),
        (pl.Series("v", [dt.time(1), dt.time(2)]), "numeric", "numbers"),
    ],
)
def test_kinds(values, kind, reason):
    decision = recognise(values)
    assert decision.kind == kind
    assert reason in decision.reason


def test_what_is_said():
    frame = pl.DataFrame(
        {
            "year": [2013] * N,
            "carrier": ["AA", "UA"] * (N // 2),
            "delay": np.linspace(0, 1, N),
            "when": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 2, 9), eager=True),
        }
    )
    preprocessor = TablePreprocessor.fit(frame)
    assert str(preprocessor.decisions[0]) == "left out: year (one value)"
    assert preprocessor.summary() == [
        "numeric 1 · categories 1 (carrier 2 values) · date-time 1 → 5 parts",
        "left out: year (one value)",
    ]
    assert preprocessor.feature_names[:2] == ("delay", "when (days)")
    assert preprocessor.category_names == ("carrier",)


def test_repeats_are_not_all_different():
    names = pl.Series("v", [f"k{i}" for i in range(N)])
    assert recognise(names, np.full(N, 2)).kind == "category"
