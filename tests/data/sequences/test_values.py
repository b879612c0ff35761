"""Sequences and texts as values: made from what people hold, and cut into rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.errors import DataError

RAGGED = [np.arange(6.0).reshape(3, 2), np.ones((1, 2)), -np.arange(8.0).reshape(4, 2)]


def test_a_list_of_arrays():
    sequences = Sequences.of(RAGGED)
    assert sequences.lengths.tolist() == [3, 1, 4]
    assert sequences.shape == (3, 4, 2)
    assert sequences.dtype == np.float32
    assert sequences.about == "sequences of 1 to 4 steps, 2 channels"
    for number, row in enumerate(RAGGED):
        assert np.array_equal(sequences.row(number), row)
    assert sequences.nbytes == 8 * 2 * 4


def test_one_channel():
    for rows in ([[1, 2], [3]], [np.array([1, 2]), np.array([3])]):
        sequences = Sequences.of(rows)
        assert sequences.width == 1
        assert sequences.lengths.tolist() == [2, 1]
    assert Sequences.of(np.ones((4, 1))).about == "sequences of 1 step"


def test_a_whole_array_with_lengths():
    whole = np.arange(24.0).reshape(2, 4, 3)
    sequences = Sequences.of(whole, lengths=[4, 1])
    assert sequences.lengths.tolist() == [4, 1]
    assert np.array_equal(sequences.row(1), whole[1, :1])
    assert Sequences.of(whole, np.array([2, 2], np.uint8)).longest == 2


def test_nan_at_the_end_is_no_step_and_nan_inside_is_missing():
    whole = np.ones((2, 5, 2))
    whole[0, 3:] = np.nan
    whole[1, 4, 0] = np.nan  # the other channel is there
    whole[1, 1] = np.nan
    sequences = Sequences.of(whole)
    assert sequences.lengths.tolist() == [3, 5]
    assert np.isnan(sequences.row(1)).sum() == 3


@pytest.mark.parametrize(
    ("rows", "lengths", "words"),
    [
        ([], None, "minimum of 1 is required"),
        (np.ones((0, 3)), None, "minimum of 1 is required"),
        ([np.ones((2, 2)), np.ones((2, 3))], None, "the first has 2, sequence 1 has 3"),
        ([np.ones((2, 2)), np.ones((2, 2, 1))], None, "sequence 1 has shape (2, 2, 1)"),
        ([np.ones(2), np.ones(0)], None, "Sequence 1 has no step with a value"),
        ([np.ones(2), np.full(3, np.nan)], None, "Sequence 1 has no step with a value"),
        ([np.ones(2), [1, np.inf]], None, "sequence 1, step 1"),
        ([np.ones(2), [1, 1e300]], None, "sequence 1, step 1"),
        ([np.ones(2), ["a"]], None, "sequence 1 holds other things"),
        ([np.ones(2), [None, [1]]], None, "sequence 1 holds other things"),
        (np.ones(3), None, "the array has shape (3,)"),
        (np.ones((2, 3)), [3, 4], "row 1 has 4"),
        (np.ones((2, 3)), [0, 3], "row 0 has 0"),
        (np.ones((2, 3)), [3], "one for each of the 2 rows"),
        (np.ones((2, 3)), [3.0, 2.0], "got float64"),
        ([np.ones(2)], [2], "leave it out"),
        (Sequences.of([[1.0]]), [1], "leave lengths= out"),
        (np.ones((2, 3, 0)), None, "has no step with a value"),
    ],
)
def test_refused(rows, lengths, words):
    with pytest.raises(DataError) as refused:
        Sequences.of(rows, lengths)
    assert words in str(refused.value)


def test_rows_of_rows():
    names = ("a", "b", "c")
    whole = Sequences.of(RAGGED)
    whole = Sequences(
        whole.steps, whole.starts, None, ("x", "y"), names, pl.DataFrame({"n": [0, 1, 2]})
    )
    some = whole[[2, 0]][np.array([False, True])]
    assert len(some) == 1
    assert some.name_of(0) == "a"
    assert some.beside["n"].to_list() == [0]
    assert np.array_equal(some.flat(), RAGGED[0])
    assert np.array_equal(whole[::-1].flat(), np.concatenate(RAGGED[::-1]))
    assert whole[:0].flat().shape == (0, 2)
    assert len(whole[:0]) == whole[:0].longest == 0


def test_texts():
    texts = Texts.of(["one two", None, "three", float("nan")])
    assert texts.values.to_list() == ["one two", "", "three", ""]
    assert texts.about == "texts of 0 to 2 words"
    assert texts[[2, 0]].values.to_list() == ["three", "one two"]
    assert texts.name_of(0) == ""
    assert texts.nbytes == 12
    assert Texts.of(["half \ud83d"]).values.to_list() == ["half ?"]
    for odd in (3, b"a", ["b"]):
        with pytest.raises(DataError, match="Texts must be strings; text 1 is"):
            Texts.of(["a", odd])
    with pytest.raises(DataError, match="minimum of 1 is required"):
        Texts.of([])


def test_texts_in_memory_are_read():
    for values in (["a b", "c"], np.array(["a b", "c"]), pl.Series(["a b", "c"])):
        examples = rv.read(values, test_fraction=0)
        assert isinstance(examples.inputs, Texts)
        assert examples.target is None
        assert "texts of 1 to 2 words" in repr(examples)


def test_datasets_of_sequences():
    examples = rv.Dataset(Sequences.of(RAGGED), np.array([0, 1, 0]), test_rows=np.array([1]))
    assert len(examples.train) == 2
    assert examples.test.inputs.lengths.tolist() == [1]
    assert examples.columns == ("sequence",)
    assert not examples.named
