"""Series that cannot be forecast, and those that are odd and can."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError, TargetError
from tests.bad_input.case import Handled, Refused, flights, halves, numbers

STEPS = 60
QUICK: dict[str, Any] = {"epochs": 1, "units": (2,), "verbose": 0}


def sales(steps: int = STEPS, freq: str = "MS", **columns: Any) -> pl.DataFrame:
    """A series with its season."""
    values = 100 + np.arange(steps) + 10 * np.sin(np.arange(steps) * np.pi / 6)
    frame = pl.DataFrame(
        {"month": pd.date_range("2015-01-01", periods=steps, freq=freq).to_list(), "sales": values}
    )
    return frame.with_columns(**{name: pl.Series(given) for name, given in columns.items()})


def changed(row: int, value: float | None) -> pl.DataFrame:
    """A series with another value at one step."""
    values = sales()["sales"].to_list()
    values[row] = value
    return sales(sales=values)


def read(source: Any, **how: Any) -> rv.Dataset:
    """Windows of six steps and three ahead."""
    return rv.read_series(source, **({"horizon": 3, "context": 6} | how))


def written(folder: Path, frame: pl.DataFrame, **how: Any) -> rv.Dataset:
    frame.write_csv(folder / "sales.csv")
    return read(folder / "sales.csv", **how)


def irregular() -> pl.DataFrame:
    hours = np.cumsum(np.random.default_rng(0).integers(1, 500, STEPS))
    times = np.datetime64("2024-01-01", "us") + hours * np.timedelta64(1, "h")
    return sales(month=times)


def zones() -> pl.DataFrame:
    texts = [f"2024-01-{day:02d}T{11 + day % 2}:00:00+0{day % 2}:00" for day in range(1, 31)]
    return pl.DataFrame({"at": texts, "y": np.arange(30.0)})


def shops() -> pl.DataFrame:
    short = sales(4).with_columns(shop=pl.lit("new"))
    return pl.concat([sales().with_columns(shop=pl.lit("old")), short])


@functools.cache
def fitted() -> rv.RNN:
    """A model of a series with a column known ahead."""
    frame = sales(fair=np.arange(STEPS) % 12 == 5)
    return rv.RNN(**QUICK, known=("fair",), horizon=3, context=6).fit(frame, target="sales")


def classes() -> rv.RNN:
    return rv.RNN(**QUICK, convolutions=()).fit(numbers(40, 5, 1), halves())


CASES = [
    Refused("a table without dates", DataError, lambda _: read(flights())),
    Refused("two columns of dates", DataError, lambda _: read(
        sales(told=sales()["month"]).rename({"month": "made"}))),
    Refused("times without a regular step", DataError, lambda _: read(irregular())),
    Refused("one date only", DataError, lambda _: read(sales(1))),
    Refused("a series shorter than the horizon", DataError, lambda _: read(sales(10), horizon=12)),
    Refused("a table without rows", DataError, lambda _: read(sales().head(0))),
    Refused("an infinite value", DataError, lambda _: read(changed(7, float("inf")))),
    Refused("no value at all", TargetError, lambda _: read(
        sales(sales=[None] * STEPS), target="sales")),
    Refused("words to be continued", TargetError, lambda _: read(
        sales(sales=["many"] * STEPS), target="sales")),
    Refused("two columns that might be meant", TargetError, lambda _: read(
        sales(cost=np.arange(STEPS)))),
    Refused("a column of times that is not there", DataError, lambda _: read(
        sales(), time="moth")),
    Refused("a column known ahead that is not there", DataError, lambda _: read(
        sales(), known="holidays")),
    Refused("a column that is both target and known", DataError, lambda _: read(
        sales(), target="sales", known="sales")),
    Refused("dates in words", DataError, lambda _: read(
        sales(month=["a long time ago"] * STEPS), time="month")),
    Refused("some dates in another style", DataError, lambda folder: written(
        folder, sales(month=[*sales()["month"].dt.strftime("%d.%m.%Y")[:-1], "soon"]),
        time="month")),
    Refused("a horizon of 0", DataError, lambda _: read(sales(), horizon=0)),
    Refused("a model with a horizon of 0", HyperparameterError, lambda _: rv.RNN(
        **QUICK, horizon=0).fit(rv.read_series(sales()))),
    Refused("a share of the truth above 1", HyperparameterError, lambda _: rv.RNN(
        **QUICK, coverage=1.5).fit(sales(), target="sales")),
    Refused("static columns of one series", DataError, lambda _: read(sales(), static="size")),
    Refused("a truth beside a series", TargetError, lambda _: rv.RNN(
        **QUICK, task="forecasting").fit(sales(), numbers(STEPS, 1))),
    Refused("a forecast without what is known ahead", DataError, lambda _: fitted().forecast()),
    Refused("fewer rows known ahead than steps", DataError, lambda _: fitted().forecast(
        known=pl.DataFrame({"fair": [True]}))),
    Refused("a forecast of half a step", HyperparameterError, lambda _: fitted().forecast(1.5)),
    Refused("other series of another step", DataError, lambda _: fitted().forecast(
        source=sales(freq="D", fair=[False] * STEPS))),
    Refused("a forecast of a model of classes", DataError, lambda _: classes().forecast()),
    Refused("a regression of windows", TargetError, lambda _: rv.RNN(
        **QUICK, task="regression").fit(rv.read_series(sales()))),
    Refused("a table's model for series", TargetError, lambda _: rv.FCNN(verbose=0).fit(
        rv.read_series(sales()))),
]  # fmt: skip

HANDLED = [
    Handled("dates in any order", "not in the order of time: they are sorted",
            lambda _: read(sales()[::-1])),
    Handled("dates that repeat", "of a time that was there already: each step is the mean",
            lambda _: read(pl.concat([sales(), sales().head(3)]))),
    Handled("dates that are missing", "2 steps had no row",
            lambda _: read(sales().filter(~pl.col("month").dt.year().eq(2016)
                                          | pl.col("month").dt.month().gt(2)))),
    Handled("values that are missing", "1 row had no value", lambda _: read(changed(20, None))),
    Handled("no value at first", "1 row is not used: before the first value",
            lambda _: read(changed(0, None))),
    Handled("no value at last", "1 row is not used: after the last value",
            lambda _: read(changed(-1, None))),
    Handled("dates that are missing in the table", "1 row is not used: without a time",
            lambda _: read(sales(month=[*sales()["month"][:-1], None]))),
    Handled("several time zones", "are in UTC",
            lambda folder: written(folder, zones())),
    Handled("one value at every step", "the series has the same value at every step",
            lambda _: read(sales(sales=[7.0] * STEPS))),
    Handled("a series that is too short among others", "series too short to forecast 3 steps: 1",
            lambda _: read(shops(), series="shop")),
    Handled("values alone", "numbered steps", lambda _: read(np.sin(np.arange(60.0)))),
    Handled("a swing that grows", "logarithms of sales, whose spread grows with its level",
            lambda _: rv.RNN(**QUICK, horizon=3).fit(
                sales(120, sales=np.exp(sales(120)["sales"].to_numpy() / 50)), target="sales")),
]  # fmt: skip
