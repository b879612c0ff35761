"""Labels of steps as codes that are padded as the inputs are, and back."""

import numpy as np
import pytest

from ranvier.data.step_labels import StepLabels, together
from ranvier.errors import ArtifactError, TargetError
from ranvier.preprocessing.step_labels import StepCoder

LABELS = StepLabels.of([["b", "a", "c"], ["a"], ["c", "c"]])


def coder():
    return StepCoder.fit(LABELS).padded_to((2, 5))


def test_codes_are_padded_to_the_edges():
    codes = coder().encode(LABELS)
    assert codes.dtype == np.int32
    assert codes.groups.tolist() == [1, 0, 0]
    np.testing.assert_array_equal(codes.take(np.array([1, 2])), [[0, 0], [2, 2]])
    np.testing.assert_array_equal(codes.take(np.array([0])), [[1, 0, 2, 0, 0]])
    some = coder().encode(LABELS[np.array([2, 0])])
    np.testing.assert_array_equal(np.asarray(some), [[2, 2, 0, 0, 0], [1, 0, 2, 0, 0]])
    assert np.asarray(coder().encode(np.asarray(LABELS))).tolist() == np.asarray(codes).tolist()
    with pytest.raises(TargetError, match="the class d, which was not there"):
        coder().encode(StepLabels.of([["d"]]))


def test_answers_are_as_long_as_their_rows():
    logits = together([np.eye(3, dtype=np.float32)[[1, 2]], np.zeros((1, 3), np.float32)])
    labels, shares = coder().labels(logits), coder().probabilities(logits)
    assert [row.tolist() for row in labels] == [["b", "c"], ["a"]]
    assert [row.shape for row in shares] == [(2, 3), (1, 3)]
    np.testing.assert_allclose(shares[1], 1 / 3)


def test_two_classes_are_two_units():
    two = StepCoder.fit(StepLabels.of([[0, 1], [1]]))
    assert (two.units, two.classes.tolist()) == (2, [0, 1])
    assert two.spec.each_step
    with pytest.raises(TargetError, match="at least two classes"):
        StepCoder.fit(StepLabels.of([[1, 1]]))


def test_state():
    again = StepCoder.from_state(coder().to_state())
    assert again.edges == (2, 5)
    assert again.classes.tolist() == ["a", "b", "c"]
    assert again.spec == coder().spec


@pytest.mark.parametrize(
    "change",
    [
        {"edges": [5, 2]},
        {"edges": []},
        {"steps": None},
        {"steps": {**coder().steps.to_state(), "units": 4}},
        {"steps": {**coder().steps.to_state(), "task": "regression"}},
    ],
)
def test_damaged_states_are_refused(change):
    with pytest.raises(ArtifactError, match="save the model again"):
        StepCoder.from_state({**coder().to_state(), **change})
