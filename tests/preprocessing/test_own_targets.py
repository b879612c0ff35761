"""Rows that are their own target, and the classes that come along."""

import numpy as np
import pytest

from ranvier.errors import ArtifactError, TargetError
from ranvier.preprocessing.fitting import coder_from_state
from ranvier.preprocessing.own_targets import OwnCoder, classes_of
from ranvier.tasks import TASKS


def test_classes_become_their_numbers():
    coder = OwnCoder(TASKS["generation"], 1, (8, 8), classes_of(["b", "a", "b"]))
    assert coder.classes.tolist() == ["a", "b"]
    assert coder.encode(["b", "a"]).tolist() == [1, 0]
    assert coder.encode(np.array(["a"], object)).dtype == np.int32


def test_an_unknown_class_is_named():
    coder = OwnCoder(TASKS["generation"], 1, (8, 8), classes_of([3, 7]))
    with pytest.raises(TargetError, match=r"The class 5 was not there in training.*3, 7"):
        coder.encode([3, 5])


def test_fractions_and_matrices_are_no_classes():
    with pytest.raises(TargetError, match=r"fractions such as 0\.5"):
        classes_of([0.5, 1.0])
    with pytest.raises(TargetError, match="2 columns"):
        classes_of(np.zeros((3, 2)))


def test_the_state_brings_the_same_coder_back():
    for task, classes in (("reconstruction", []), ("generation", ["a", "b"]), ("generation", [1])):
        coder = OwnCoder(TASKS[task], 3, (4, 5), np.array(classes or np.zeros(0, np.int64)))
        again = coder_from_state(coder.to_state())
        assert isinstance(again, OwnCoder)
        assert again.to_state() == coder.to_state()
        assert again.spec == coder.spec


@pytest.mark.parametrize("change", [{"units": 0}, {"image": "x"}, {"classes": {}, "units": None}])
def test_a_damaged_state_is_refused(change):
    state = OwnCoder(TASKS["generation"], 1, (8, 8)).to_state()
    with pytest.raises(ArtifactError, match="damaged"):
        coder_from_state(state | change)
