"""Long tables of words, such as those of named entities."""

from __future__ import annotations

import polars as pl
import pytest

import ranvier as rv
from ranvier.data.sequences.long import LongColumns
from ranvier.data.sequences.long_words import word_column
from ranvier.data.step_labels import StepLabels
from ranvier.data.texts import Texts
from ranvier.errors import DataError, TargetError

FRAME = pl.DataFrame(
    {
        "sentence": ["b", "b", "a", "b", "a", "c"],
        "place": [1, 3, 2, 2, 1, 1],
        "word": ["John", ".", "Rome", "Smith", "in", ","],
        "kind": ["noun", "sign", "noun", "noun", "prep", "sign"],
        "source": ["news", "news", "book", "news", "book", "book"],
        "tag": ["B-PER", "O", "B-LOC", "I-PER", "O", "O"],
        "tone": ["good", "good", "bad", "good", "bad", "bad"],
    }
)


def read(frame=FRAME, target="tag", **how):
    return rv.read(
        frame.drop([c for c in ("tag", "tone") if c != target and c in frame.columns]),
        target=target,
        test_fraction=0,
        **{"series": "sentence", "time": "place"} | how,
    )


def test_words_of_a_series_in_order(tmp_path):
    FRAME.write_csv(tmp_path / "words.csv")
    stored = rv.read(tmp_path / "words.csv", target="tone", test_fraction=0).inputs
    for source in (FRAME, stored):
        examples = read(source)
        texts = examples.inputs
        assert isinstance(texts, Texts)
        assert texts.words.tolist() == [("John", "Smith", "."), ("in", "Rome"), (",",)]
        assert texts.values.to_list() == ["John Smith .", "in Rome", ","]
        assert [texts.name_of(row) for row in range(3)] == ["b", "a", "c"]
        assert (texts.series, texts.time, texts.sources) == ("sentence", "place", ("word",))
        assert isinstance(examples.target, StepLabels)
        assert [examples.target.row(n).tolist() for n in range(3)] == [
            ["B-PER", "I-PER", "O"], ["O", "B-LOC"], ["O"],
        ]  # fmt: skip
        assert texts.beside.to_dict(as_series=False) == {"source": ["news", "book", "book"]}
        assert "3 series of sentence: the words of word" in examples.notes
        assert "they change within a series: kind: not used" in examples.notes


def test_an_answer_for_each_series():
    examples = read(target="tone")
    assert examples.target.tolist() == ["good", "bad", "bad"]
    assert examples.inputs.values[0] == "John Smith ."


def test_numbers_are_steps_as_before():
    assert word_column(FRAME, LongColumns("sentence")) is None  # the place is a number
    assert word_column(FRAME, LongColumns("sentence", "place")) == "word"
    assert word_column(FRAME, LongColumns("none")) is None
    assert not isinstance(read(time=None).inputs, Texts)


def test_a_missing_word():
    words = pl.Series(["John", None, "Rome", "Smith", "in", ","])
    with pytest.raises(DataError, match=r'"word" of the table must hold a word.*row 1 has none'):
        read(FRAME.with_columns(word=words))


def test_a_missing_label():
    tags = pl.Series(["B-PER", None, "B-LOC", "I-PER", "O", "O"])
    with pytest.raises(TargetError, match="every row needs a label; row 1"):
        read(FRAME.with_columns(tag=tags))
    gone = pl.Series([None, None, "B-LOC", None, "O", "O"], dtype=pl.String)
    examples = read(FRAME.with_columns(tag=gone))
    assert examples.inputs.words.tolist() == [("in", "Rome"), (",",)]
