"""Texts that no language can be learned from, and those that are odd and can."""

from __future__ import annotations

import functools
import gzip
from pathlib import Path
from typing import Any

import polars as pl

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError, TargetError
from ranvier.runs.evaluation import evaluate
from ranvier.runs.prediction import predict
from tests.bad_input.case import Handled, Refused

QUICK: dict[str, Any] = {
    "task": "language_model", "layers": 1, "width": 8, "heads": 2, "context": 8, "epochs": 1,
    "steps_per_epoch": 1, "verbose": 0,
}  # fmt: skip
BOOK = "The cat sat on the mat.\nThe dog did not.\n" * 20


def book(folder: Path, content: bytes | str, name: str = "book.txt", **how: Any) -> rv.Dataset:
    """A text file, read."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return rv.read(folder / name, **how)


def learn(texts: Any, **settings: Any) -> Any:
    """A model that would learn quickly."""
    return rv.Transformer(**{**QUICK, **settings}).fit(texts)


@functools.cache
def learned() -> Any:
    """A fitted model of a book's language."""
    return learn([BOOK])


def judged(folder: Path, text: str) -> Any:
    """What it says of another text."""
    learned().save(folder / "book.ranvier")
    (folder / "other.txt").write_text(text)
    return evaluate(folder / "book.ranvier", str(folder / "other.txt"))


def predicted(folder: Path) -> Any:
    (folder / "other.txt").write_text(BOOK)
    return predict(learned(), str(folder / "other.txt"))


def table(folder: Path, **columns: Any) -> Any:
    pl.DataFrame(columns).write_csv(folder / "reviews.csv")
    return learn(folder / "reviews.csv")


CASES = [
    Refused("an empty text", DataError, lambda f: book(f, "")),
    Refused("a text of blanks", DataError, lambda f: book(f, " \n\t\n")),
    Refused("a binary file called .txt, to be read", DataError, lambda f: book(f, bytes(range(9)))),
    Refused("a PDF called .txt, to be read", DataError, lambda f: book(f, b"%PDF-1.7\n\xff\xfe")),
    Refused("UTF-16 that is none", DataError, lambda f: book(f, b"\xff\xfea")),
    Refused(
        "a page of the web called .txt", DataError, lambda f: book(f, "<!DOCTYPE html>\n<p>Once")
    ),
    Refused(
        "a .txt.gz cut short",
        DataError,
        lambda f: book(f, gzip.compress(BOOK.encode())[:-9], "book.txt.gz"),
    ),
    Refused("a column of a book", TargetError, lambda f: book(f, BOOK, "book.md", target="label")),
    Refused("a text shorter than a window", DataError, lambda f: learn(["abc"])),
    Refused("texts that are all empty", DataError, lambda f: learn(["", " "])),
    Refused("a text instead of a list of texts", DataError, lambda f: learn(BOOK)),
    Refused(
        "a language of texts with answers",
        TargetError,
        lambda f: rv.Transformer(**QUICK).fit(["a", "b"], ["x", "y"]),
    ),
    Refused(
        "a language of numbers",
        HyperparameterError,
        lambda f: table(f, size=[1, 2, 3], price=[1, 2, 3]),
    ),
    Refused(
        "a tokenizer that there is not",
        HyperparameterError,
        lambda f: learn([BOOK], tokenizer="letters"),
    ),
    Refused("one letter to be judged", DataError, lambda f: judged(f, "T")),
    Refused("predictions of a language", TargetError, predicted),
]
HANDLED = [
    Handled("a text in UTF-16, to be read", "UTF-16", lambda f: book(f, BOOK.encode("utf-16"))),
    Handled(
        "a text in Windows-1252",
        "not UTF-8",
        lambda f: book(f, "Zoë sleeps.\n".encode("cp1252")),
    ),
    Handled(
        "characters that were not there in training",
        "not there in training",
        lambda f: judged(f, "The cat & the dog.\n"),
    ),
    Handled("one line without an end", "in 1 line", lambda f: learn(["the cat sat " * 40])),
]
