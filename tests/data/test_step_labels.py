"""Labels of steps as a value."""

import numpy as np
import pytest

import ranvier as rv
from ranvier.data import as_examples
from ranvier.data.step_labels import StepLabels, in_rows
from ranvier.data.steps import STEPS
from ranvier.errors import DataError

ROWS = [["a", "b", "a"], ["c"], ["b", "b"]]


def test_rows_of_their_own_length():
    labels = StepLabels.of(ROWS)
    assert (len(labels), labels.shape, labels.ndim) == (3, (3, 3), 2)
    assert labels.lengths.tolist() == [3, 1, 2]
    assert labels.row(2).tolist() == ["b", "b"]
    assert labels.all().tolist() == ["a", "b", "a", "c", "b", "b"]
    whole = np.asarray(labels)
    assert (whole.dtype, whole.shape) == (object, (3,))
    assert [row.tolist() for row in whole] == ROWS
    some = labels[np.array([2, 0])]
    assert [row.tolist() for row in np.asarray(some)] == [ROWS[2], ROWS[0]]
    assert some[1:].all().tolist() == ROWS[0]
    assert some[np.array([False, True])].lengths.tolist() == [3]
    assert not len(labels[:0].all())


def test_rows_of_one_length_stay_rows():
    whole = np.asarray(StepLabels.of([[1, 2], [3, 4]]))
    assert whole.shape == (2,)
    assert whole[1].tolist() == [3, 4]


def test_kinds_of_labels():
    assert StepLabels.of([[1], [2.0, 3]]).dtype == np.float64
    assert StepLabels.of([np.array([1, 2], object)]).dtype == np.int64
    assert StepLabels.of([[1], ["a"]]).all().tolist() == [1, "a"]
    assert StepLabels.of([[True, False]]).dtype == bool


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "minimum of 1"),
        ([["a"], [["b"]]], "labels of row 1 must be"),
        ([["a"], ["b", None]], "one is missing in row 1, step 1"),
        ([[1.0, np.nan, np.nan]], "2 are missing, the first in row 0, step 1"),
        ([[1.0], [np.inf]], "one is missing in row 1, step 0"),
    ],
)
def test_refused(rows, words):
    with pytest.raises(DataError, match=words):
        StepLabels.of(rows)


def test_what_is_rows_of_labels():
    assert in_rows(ROWS)
    assert in_rows(np.asarray(StepLabels.of(ROWS)))
    for other in (["a", "b"], [], [1, 2], np.zeros((2, 2)), "ab", [np.zeros((2, 2))]):
        assert not in_rows(other)


def test_the_target_of_sequences():
    X = [np.ones((len(row), 1)) for row in ROWS]
    examples = as_examples(X, ROWS, layout=STEPS)
    assert isinstance(examples.target, StepLabels)
    given = rv.Dataset(examples.inputs, StepLabels.of(ROWS), test_rows=np.array([1]))
    assert given.train.target.all().tolist() == ["a", "b", "a", "b", "b"]
    assert given.test.labels[0].tolist() == ["c"]
    with pytest.raises(DataError, match="differ in shape"):
        as_examples(np.ones((3, 2)), ROWS)
