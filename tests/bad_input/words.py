"""Pairs of texts, and words with labels, that cannot be used; and odd ones that can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

import ranvier as rv
from ranvier.data import as_examples
from ranvier.errors import DataError, HyperparameterError, TargetError
from ranvier.preprocessing.texts import TextPreprocessor
from tests.bad_input.case import Handled, Refused

QUICK: dict[str, Any] = {
    "layers": 1, "width": 8, "heads": 2, "epochs": 1, "verbose": 0, "tokenizer": "words",
}  # fmt: skip
WORDS, TAGS = [["John", "sleeps"], ["in", "Rome"]] * 8, [["PER", "O"], ["O", "LOC"]] * 8
PAIRS, SAME = [("a cat", "a dog"), ("a cat", "the cat")] * 8, [False, True] * 8


def learn(X: Any, y: Any, **settings: Any) -> Any:
    """A model that would learn quickly."""
    return rv.Transformer(**{**QUICK, **settings}).fit(X, y)


def told(X: Any, y: Any, **settings: Any) -> Any:
    """Texts as they are read, with what is said about them."""
    model = rv.Transformer(**{**QUICK, **settings})
    examples = model._suited(as_examples(X, y, layout=model._layout))
    options = {"special": True, "tokenizer": "words", "max_length": settings.get("max_length")}
    return TextPreprocessor.fit(examples.inputs, **options)


def long(folder: Path, words: list[str], tags: list[str]) -> Any:
    """A long table of words, read."""
    frame = pl.DataFrame({"sentence": ["a"] * len(words), "word": words, "tag": tags})
    frame.write_csv(folder / "words.csv")
    return rv.read(folder / "words.csv", target="tag", series="sentence", test_fraction=0)


CASES = [
    Refused("a word without a label", TargetError, lambda _: learn(WORDS, [["O"]] * 16)),
    Refused(
        "a label for each text instead of each word",
        TargetError,
        lambda _: learn(WORDS, ["O", "PER"] * 8, task="labelling"),
    ),
    Refused("a word that is a number", DataError, lambda _: learn([["a", 3]] * 16, TAGS)),
    Refused("an empty word", DataError, lambda _: learn([["a", ""]] * 16, TAGS)),
    Refused("labels of the words of pairs", TargetError, lambda _: learn(PAIRS, TAGS)),
    Refused("a pair of three texts", DataError, lambda _: learn([*PAIRS, ("a", "b", "c")], SAME)),
    Refused("a pair with a number", DataError, lambda _: learn([*PAIRS, ("a", 3)], [*SAME, True])),
    Refused("pairs that are all empty", DataError, lambda _: learn([("", None)] * 16, SAME)),
    Refused(
        "a max_length without room for a pair",
        HyperparameterError,
        lambda _: learn(PAIRS, SAME, max_length=4),
    ),
    Refused("a table with a missing word", DataError, lambda f: long(f, ["a", "", "c"], ["O"] * 3)),
    Refused(
        "a table with a word without a label",
        TargetError,
        lambda f: long(f, ["a", "b", "c"], ["O", "", "PER"]),
    ),
]
HANDLED = [
    Handled(
        "words behind what is read",
        "behind what is read",
        lambda _: told(WORDS, TAGS, max_length=3),
    ),
    Handled(
        "pairs that are too long",
        "longer than 6 words",
        lambda _: told(PAIRS, SAME, max_length=6),
    ),
    Handled(
        "a full stop in a table of words",
        "the words of word",
        lambda f: long(f, ["Go", ",", "now", "."], ["V", "O", "A", "O"]),
    ),
]
