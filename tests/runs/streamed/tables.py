"""Tables that are predicted in pieces, and how the same is had at once."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.data.streams import columnar, text
from ranvier.runs import prediction, streamed
from ranvier.runs.streamed.blocks import UNIT
from tests.streams.tables import frame

ROWS = 4 * UNIT + 100  # two blocks and one that takes what is left
PACE = streamed.Pace(rows=UNIT, seconds=0.0)
QUICK = {"recipe": "textbook", "hidden": (8,), "epochs": 2, "verbose": 0}


def small_pieces() -> None:
    """Pieces so small that these tables have many."""
    text.PIECE, columnar.PIECE = 1 << 15, 1 << 16


def trained(folder: Path, target: str) -> Path:
    """A model of 400 rows: numbers for "y", classes for "city"."""
    known = frame(400).with_columns(
        code=pl.Series(["1", "2", "3.0", "A"] * 100), name=pl.lit("Ö") + pl.col("city")
    )
    known = known.drop("y") if target == "city" else known
    place = folder / f"{target}.ranvier"
    rv.FCNN(**QUICK).fit(known, target=target).save(place)
    return place


def rows(count: int = ROWS) -> pl.DataFrame:
    """What is predicted, every column of one kind throughout."""
    given = frame(count, seed=1).drop("y")
    code = np.where(np.arange(count) % 3, "2", "A")
    return given.with_columns(code=pl.Series(code), name=pl.lit("Ö") + pl.col("city"))


def odd_rows(count: int = ROWS) -> pl.DataFrame:
    """Columns that look otherwise at first than they turn out to be, as text."""
    late = np.arange(count) > count * 0.8
    texts = rows(count).with_columns(pl.all().cast(pl.String))

    def turned(name: str, other: str) -> pl.Series:
        return pl.Series(np.where(late & (np.arange(count) % 97 == 0), other, texts[name]))

    return texts.with_columns(
        a=turned("a", "oops"),  # numbers that turn to text
        b=turned("b", "0.5"),  # whole ones to fractions
        flag=turned("flag", "perhaps"),
        code=pl.Series(np.where(late, "2.5", "3.0")),  # which is no 3, nor a category of its own
    )


def at_once(model: Path, source: Path, place: Path, *, proba: bool = False) -> bytes:
    """What is written if all rows are predicted together."""
    found = prediction.predict(prediction.fitted(model), str(source), proba=proba)
    prediction.write(found, place)
    return place.read_bytes()


def in_pieces(model: Path, source: Path, place: Path, **options: object) -> streamed.Outcome:
    """The same in pieces."""
    fitted = prediction.fitted(model)
    given = {"pace": PACE, **options}
    return streamed.predict(fitted, model, str(source), place, **given)  # type: ignore[arg-type]


def press_once(doing: str, rows: int, total: int, share: float) -> None:
    """Presses Ctrl-C when the first rows are predicted."""
    del total, share
    if doing == "predicting" and rows == UNIT:
        signal.raise_signal(signal.SIGINT)
