"""The static choices: ranges, words, hashing."""

import pytest

from ranvier.errors import HyperparameterError
from ranvier.layers.augmentation import Augmentation


def test_nothing_is_on_by_default():
    choice = Augmentation()
    assert not choice.changes
    assert choice.chosen == ()
    assert choice.words() == "not changed"


def test_words():
    choice = Augmentation(shift=0.1, flip="horizontal", cutout=0.25)
    assert choice.changes
    assert choice.words() == (
        "shifted by up to 10 %, flipped left-right, a square of 25 % of the side hidden"
    )
    choice = Augmentation(crop=0.5, rotate=15, scale=0.1, noise=0.05, mixup=0.2)
    assert choice.words() == (
        "cropped to 50 % or more of the area, turned by up to 15°, scaled by up to ±10 %, "
        "noise of 0.05 added, mixed in pairs (mixup 0.2)"
    )


def test_equal_choices_are_one_program():
    assert hash(Augmentation(shift=0.1)) == hash(Augmentation(shift=0.1))
    assert Augmentation(shift=0.1) != Augmentation(shift=0.2)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("shift", 0.6, "shift must be between 0 and 0.5; got 0.6"),
        ("shift", -0.1, "shift must be between 0 and 0.5; got -0.1"),
        ("crop", 0, "crop must be between 0.01 and 1; got 0"),
        ("rotate", float("nan"), "rotate must be between 0 and 180; got nan"),
        ("noise", "much", "noise must be a number; got 'much'"),
        ("mixup", True, "mixup must be a number; got True"),
        ("flip", "horizontl", 'flip must be one of none, horizontal, .*Nearest: "horizontal"'),
    ],
)
def test_a_value_outside_its_range_is_refused(name, value, said):
    with pytest.raises(HyperparameterError, match=said):
        Augmentation(**{name: value})
