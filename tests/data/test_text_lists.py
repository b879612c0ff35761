"""Pairs of texts and lists of words as people pass them."""

from __future__ import annotations

import numpy as np
import pytest

from ranvier.data.examples import as_examples
from ranvier.data.inference import infer
from ranvier.data.step_labels import StepLabels
from ranvier.data.steps import STEPS, WORDS, steps_of
from ranvier.data.texts import Texts
from ranvier.errors import DataError

PAIRS = [("a cat", "a dog"), ("b", None), (None, "c\ud800")]


@pytest.mark.parametrize("source", [PAIRS, np.array(PAIRS, object)])
def test_pairs(source):
    texts = steps_of(source, WORDS)
    assert texts.values.to_list() == ["a cat", "b", ""]
    assert texts.second.to_list() == ["a dog", "", "c?"]
    assert texts.about == "pairs of texts of 1 to 4 words"
    assert texts.nbytes == len("a catba dogc?")
    some = texts[[2, 0]]
    assert (some.values[1], some.second[1]) == ("a cat", "a dog")
    assert texts.joined_pairs.values.to_list() == ["a cat\na dog", "b\n", "\nc?"]
    assert texts.joined_pairs.second is None
    assert steps_of(source, STEPS) is source  # where no family takes pairs, it is a table


@pytest.mark.parametrize(
    "source", [[("a", "b", "c")], [("a", 1.5)], [(1, 2)], np.ones((3, 2)), [[1, 2]], ["a", "b"]]
)
def test_no_pairs(source):
    assert getattr(steps_of(source, WORDS), "second", None) is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "b"), ("c",)], "row 1 has 1: pass two in each"),
        ([("a", "b"), "c"], "row 1 has one value"),
        ([("a", "b"), ("c", 3)], "text 1 is int"),
    ],
)
def test_pairs_that_are_none(rows, words):
    with pytest.raises(DataError, match=words):
        steps_of(rows, WORDS)


def test_words():
    texts = steps_of([["New York", "is", "big"], [], ["é\ud800"]], WORDS)
    assert texts.values.to_list() == ["New York is big", "", "é?"]
    assert texts.words.tolist() == [("New York", "is", "big"), (), ("é?",)]
    assert texts.lengths.tolist() == [3, 0, 1]
    assert texts.by_words is texts
    assert texts[[1, 0]].words.tolist() == [(), ("New York", "is", "big")]
    assert texts.all_words == ["New York", "is", "big", "é?"]
    split = Texts.of([" New  York\tis ", ""]).by_words
    assert split.words.tolist() == [("New", "York", "is"), ()]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["a"], ["b", " "]], "word 1 of row 1 is empty: leave it out, with its label"),
        ([["a", ""]], "word 1 of row 0 is empty"),
        ([["a"], [None]], "word 0 of row 1 is empty"),
        ([["a", 3]], r"word 1 of row 0 is int \(3\)"),
    ],
)
def test_words_that_are_none(rows, words):
    with pytest.raises(DataError, match=words):
        steps_of(rows, WORDS)


def test_names_in_rows_are_labels_of_words():
    X, y = [["a", "b"], ["c", "d"]], [["X", "O"], ["O", "O"]]
    examples = as_examples(X, y, layout=WORDS)
    assert isinstance(examples.target, StepLabels)
    assert examples.target.lengths.tolist() == [2, 2]
    matrix = as_examples(["a", "b"], [[0, 1], [1, 0]], layout=WORDS)
    assert matrix.target.shape == (2, 2)


def test_signs_among_words_are_words():
    """A full stop is missing in a table, and the end of a sentence where commas stand too."""
    import polars as pl

    words = infer(pl.Series("word", ["He", ",", "NA", ".", "", "?", " - "]))
    assert words.to_list() == ["He", ",", "NA", ".", None, "?", "-"]
    table = infer(pl.Series("colour", ["red", ".", "NA", "", "?", " - "]))
    assert table.to_list() == ["red", None, None, None, None, None]
