"""Sequences and texts that cannot be read or learned from, and those that are odd and can."""

from __future__ import annotations

import functools
import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.data import as_examples
from ranvier.data.steps import STEPS
from ranvier.errors import DataError, HyperparameterError, TargetError
from ranvier.model import fitting
from tests.bad_input.case import ROWS, Handled, Refused, halves, numbers

QUICK: dict[str, Any] = {
    "epochs": 1, "units": (2,), "convolutions": (), "hidden": (), "embedding": 2, "verbose": 0,
}  # fmt: skip
TIDES = "@problemName Tides\n@timestamps false\n@classLabel true low high\n@data\n"
LINES = "1,2,3:4,5,6:low\n1,2:3,4:high\n"
PROSE = [f"the flight number {n} was late by some minutes" for n in range(ROWS)]
TABLE = pl.DataFrame({"note": PROSE, "delay": np.arange(ROWS) % 7, "late": halves()})
LONG = pl.DataFrame(
    {
        "machine": ["b", "b", "a", "b", "a", "c"],
        "minute": [1, 3, 2, 2, 1, 1],
        "heat": [10.0, 30.0, 2.0, 20.0, 1.0, 5.0],
        "broken": ["yes", "yes", "no", "yes", "no", "no"],
    }
)


def ts(folder: Path, content: str, name: str = "Tides_TRAIN.ts") -> rv.Dataset:
    (folder / name).write_text(content)
    return rv.read(folder / name, test_fraction=0)


def parts(folder: Path, train: str, test: str) -> rv.Dataset:
    (folder / "Tides").mkdir()
    (folder / "Tides" / "Tides_TRAIN.ts").write_text(train)
    (folder / "Tides" / "Tides_TEST.ts").write_text(test)
    return rv.read(folder / "Tides")


def cut_short(folder: Path) -> rv.Dataset:
    (folder / "Tides.ts.gz").write_bytes(gzip.compress((TIDES + LINES).encode())[:-9])
    return rv.read(folder / "Tides.ts.gz")


def reviews(folder: Path, name: str = "", content: bytes = b"", **how: Any) -> rv.Dataset:
    """Ten reviews of each class, and another file."""
    for label in ("good", "bad"):
        (folder / "reviews" / label).mkdir(parents=True)
        for number in range(10):
            (folder / "reviews" / label / f"{number}.txt").write_text(f"a {label} film {number}")
    if name:
        (folder / "reviews" / name).write_bytes(content)
    return rv.read(folder / "reviews", test_fraction=0, **how)


def untested(folder: Path) -> rv.Dataset:
    reviews(folder / "all")
    (folder / "all" / "reviews").rename(folder / "all" / "train")
    (folder / "all" / "test" / "good").mkdir(parents=True)
    (folder / "all" / "test" / "good" / "1.txt").write_text("fine")
    return rv.read(folder / "all")


def before_training(X: Any, y: Any = None, **settings: Any) -> Any:
    """What `fit` decides and says before the first step."""
    model = rv.RNN(**QUICK, **settings)
    y = halves() if y is None else y
    return SimpleNamespace(decisions_=fitting.prepare(model, as_examples(X, y, layout=STEPS)).lines)


def texts(*odd: Any, **settings: Any) -> Any:
    """Texts of which the first are odd."""
    return before_training([*odd, *PROSE[len(odd) :]], **settings)


def long(target: str = "broken", time: str | None = "minute", **columns: Any) -> rv.Dataset:
    frame = LONG.with_columns(**{name: pl.Series(v) for name, v in columns.items()})
    return rv.read(frame, target=target, series="machine", time=time, test_fraction=0)


def by_step(change: Any, **settings: Any) -> Any:
    """Sequences of one to nine steps whose labels were changed."""
    rows = [np.ones((n % 9 + 1, 2)) for n in range(ROWS)]
    return before_training(
        rows, change([[n % 2] * len(row) for n, row in enumerate(rows)]), **settings
    )


@functools.cache
def of_texts() -> rv.RNN:
    return rv.RNN(**QUICK).fit(TABLE, target="late")


@functools.cache
def of_sequences() -> rv.RNN:
    return rv.RNN(**QUICK).fit(numbers(ROWS, 9, 2), halves())


def too_large(folder: Path) -> rv.RNN:
    TABLE.write_csv(folder / "flights.csv")
    return rv.RNN(**QUICK, max_memory="1 KB").fit(folder / "flights.csv", target="late")


def with_gaps() -> Any:
    values = numbers(ROWS, 9, 2)
    values[3, 4, 1] = np.nan
    return values


def with_padding() -> Any:
    values = numbers(ROWS, 9, 2)
    values[::2, 5:] = np.nan
    return values


def with_infinity() -> Any:
    values = numbers(ROWS, 9, 2)
    values[3, 4, 1] = np.inf
    return values


CASES = [
    Refused(
        "a .ts file without the line @data", DataError, lambda f: ts(f, TIDES.replace("@data", ""))
    ),
    Refused("a table called .ts", DataError, lambda f: ts(f, "a,b\n1,2\n")),
    Refused(
        "a line of another number of channels", DataError, lambda f: ts(f, TIDES + LINES + "1:low")
    ),
    Refused("letters among numbers", DataError, lambda f: ts(f, TIDES + "1,2,three:low")),
    Refused("infinity in a .ts file", DataError, lambda f: ts(f, TIDES + "1,inf:low")),
    Refused("a line of question marks", DataError, lambda f: ts(f, TIDES + "?,?,?:low")),
    Refused(
        "a class that is not declared", DataError, lambda f: ts(f, TIDES + LINES + "1:2:middle")
    ),
    Refused(
        "time stamps in a .ts file",
        DataError,
        lambda f: ts(f, TIDES.replace("false", "true") + "(0,1),(1,2):low"),
    ),
    Refused("a .ts.gz cut short", DataError, cut_short),
    Refused(
        "a test part with other channels",
        DataError,
        lambda f: parts(f, TIDES + LINES, TIDES + "1,2:low"),
    ),
    Refused(
        "a binary file called .txt", DataError, lambda f: reviews(f, "good/11.txt", bytes(range(9)))
    ),
    Refused(
        "a PDF called .txt", DataError, lambda f: reviews(f, "good/11.txt", b"%PDF-1.7\n\xff\xfe")
    ),
    Refused(
        "bytes that begin like UTF-16 and are not",
        DataError,
        lambda f: reviews(f, "good/11.txt", b"\xff\xfea"),
    ),
    Refused("texts that are all empty", DataError, lambda _: before_training([""] * ROWS)),
    Refused("numbers among texts", DataError, lambda _: texts("a b", 3)),
    Refused("bytes among texts", DataError, lambda _: texts("a b", b"c")),
    Refused("no text", DataError, lambda _: before_training([], [])),
    Refused("one text", TargetError, lambda _: before_training(["a b c"], ["good"])),
    Refused("texts of one class", TargetError, lambda _: texts(y=["good"] * ROWS)),
    Refused(
        "a vocabulary too small for byte pairs",
        HyperparameterError,
        lambda _: texts(tokenizer="bpe", vocabulary_size=100),
    ),
    Refused(
        "sequences of different channels",
        DataError,
        lambda _: before_training([np.ones((3, 2)), np.ones((3, 4))], [0, 1]),
    ),
    Refused(
        "a sequence without steps",
        DataError,
        lambda _: before_training([np.ones((3, 2)), np.ones((0, 2))], [0, 1]),
    ),
    Refused("infinity in a sequence", DataError, lambda _: before_training(with_infinity())),
    Refused(
        "a sequence of NaN alone",
        DataError,
        lambda _: before_training([np.ones((3, 2)), np.full((3, 2), np.nan)], [0, 1]),
    ),
    Refused(
        "words in a sequence",
        DataError,
        lambda _: before_training([np.ones(3), np.array([1, "two", 3])], [0, 1]),
    ),
    Refused(
        "sequences of too many axes", DataError, lambda _: rv.Sequences.of(np.ones((2, 3, 4, 5)))
    ),
    Refused(
        "lengths beyond the array",
        DataError,
        lambda _: rv.Sequences.of(np.ones((2, 9, 1)), lengths=[9, 12]),
    ),
    Refused(
        "fewer lengths than rows",
        DataError,
        lambda _: rv.Sequences.of(np.ones((2, 9, 1)), lengths=[9]),
    ),
    Refused(
        "sequences of other channels than in training",
        DataError,
        lambda _: of_sequences().predict(numbers(3, 9, 4)),
    ),
    Refused(
        "texts for a model of sequences", DataError, lambda _: of_sequences().predict(["a", "b"])
    ),
    Refused(
        "a table without its column of text",
        DataError,
        lambda _: of_texts().predict(rv.Dataset(TABLE.rename({"note": "notes"}))),
    ),
    Refused(
        "texts for a family of tables", DataError, lambda _: rv.FCNN(verbose=0).fit(PROSE, halves())
    ),
    Refused("texts in a table too large for max_memory", DataError, too_large),
    Refused(
        "pictures for a family of steps",
        DataError,
        lambda _: before_training(rv.read(np.zeros((ROWS, 8, 8, 3), np.uint8)).inputs),
    ),
    Refused(
        "a table without text for a family of steps",
        DataError,
        lambda _: before_training(pl.DataFrame({"carrier": ["AA", "UA"] * 20, "size": range(40)})),
    ),
    Refused(
        "numbers with fractions that change within a series",
        TargetError,
        lambda _: long(broken=[0.5, 1.5, 0.0, 1.0, 0.0, 0.0]),
    ),
    Refused(
        "a step of a series without its label",
        TargetError,
        lambda _: long(broken=["yes", None, "no", "no", "no", "no"]),
    ),
    Refused(
        "more labels than steps", TargetError, lambda _: by_step(lambda y: [[*y[0], 1], *y[1:]])
    ),
    Refused("labels for fewer rows", DataError, lambda _: by_step(lambda y: y[1:])),
    Refused(
        "steps of one class",
        TargetError,
        lambda _: by_step(lambda y: [["on"] * len(row) for row in y]),
    ),
    Refused(
        "a label that is missing",
        DataError,
        lambda _: by_step(lambda y: [[None, *y[0][1:]], *y[1:]]),
    ),
    Refused(
        "fractions as labels of steps",
        TargetError,
        lambda _: by_step(lambda y: [[0.5, *row[1:]] for row in y]),
    ),
    Refused(
        "labels of a text's words",
        TargetError,
        lambda _: before_training(PROSE, [["x"] * (n % 2 + 1) for n in range(ROWS)]),
    ),
    Refused(
        "labels of steps for a family of tables",
        DataError,
        lambda _: rv.FCNN(verbose=0).fit(
            numbers(ROWS, 9), [[0] * (n % 2 + 8) for n in range(ROWS)]
        ),
    ),
    Refused("a step without time", DataError, lambda _: long(minute=[1, None, 2, 2, 1, 1])),
    Refused("times that are words", DataError, lambda _: long(minute=["noon"] * 6)),
    Refused(
        "a time without series",
        DataError,
        lambda _: rv.read(LONG, target="broken", time="minute"),
    ),
    Refused(
        "a long table without numbers",
        DataError,
        lambda _: rv.read(LONG.drop("minute", "heat"), target="broken", series="machine"),
    ),
]

HANDLED = [
    Handled(
        "a target that changes within a series",
        "a label for each step",
        lambda _: long(broken=["yes", "no", "no", "yes", "no", "no"]),
    ),
    Handled(
        "pooling where each step has a label",
        "is not used",
        lambda _: by_step(list, pooling="max"),
    ),
    Handled(
        "a text in Windows-1252",
        "Windows-1252",
        lambda f: reviews(f, "good/11.txt", "très bon".encode("cp1252")),
    ),
    Handled(
        "a text in UTF-16", "UTF-16", lambda f: reviews(f, "good/11.txt", "gut".encode("utf-16"))
    ),
    Handled("an empty .txt file", "empty", lambda f: reviews(f, "good/11.txt", b"")),
    Handled(
        "a binary file called .txt, to be left out",
        "left out",
        lambda f: reviews(f, "good/11.txt", bytes(9), on_error="skip"),
    ),
    Handled("a note beside the classes", "beside the classes", lambda f: reviews(f, "n.txt", b"x")),
    Handled("a class without a text to test on", "no text to test on", untested),
    Handled(
        "emoji and right-to-left text", "are known", lambda _: texts("🙂 👩\u200d🚀", "שלום")
    ),
    Handled("empty and missing texts", "texts of 0 to", lambda _: texts("", None, float("nan"))),
    Handled("half a character (a lone surrogate)", "are known", lambda _: texts("late \ud83d")),
    Handled("a million characters in a line", "longer than", lambda _: texts("late " * 200_000)),
    Handled("a million characters without a blank", "are known", lambda _: texts("x" * 1_000_000)),
    Handled(
        "words that are all different",
        "would know their parts",
        lambda _: before_training([f"a w{n} x{n}" for n in range(ROWS)]),
    ),
    Handled(
        "two columns of text",
        "one below the other",
        lambda _: before_training(TABLE.with_columns(more=pl.col("note")).drop("late")),
    ),
    Handled(
        "channels of different lengths",
        "different lengths",
        lambda f: ts(f, TIDES + "1,2,3:4,5:low\n1,2:3,4:high\n"),
    ),
    Handled(
        "one part of a set alone",
        "lies beside it",
        lambda f: (parts(f, TIDES + LINES, TIDES + LINES),
                   rv.read(f / "Tides" / "Tides_TRAIN.ts", test_fraction=0))[1],
    ),
    Handled("missing values in a sequence", "missing values in channel 1", lambda _: (
        before_training(with_gaps()))),
    Handled("sequences padded with NaN", "sequences of 5 to 9 steps", lambda _: (
        before_training(with_padding()))),
    Handled("a channel of one value", "it tells nothing", lambda _: (
        before_training(np.ones((ROWS, 9, 1))))),
    Handled("rows of a series in disorder", "not in the order of minute", lambda _: long()),
    Handled("a time twice in a series", "repeat", lambda _: long(minute=[1] * 6)),
    Handled("a series without a target", "not used", lambda _: (
        long(broken=["yes", "yes", "no", "yes", "no", None]))),
]  # fmt: skip
