"""Pictures: their type, range and layout, odd sizes, and what is shown while they are learned."""

import numpy as np
import pytest

from ranvier.data import as_examples
from tests.families.autoencoder.data import make, stripes

SMALL = {"filters": (4, 4), "epochs": 2}


@pytest.mark.parametrize("shape", [(8, 8), (9, 7), (5, 12), (3, 3)])
def test_any_size_comes_out_as_it_went_in(shape):
    X = stripes(shape=shape)
    made = make(**SMALL).fit(X).reconstruct(X[:5])
    assert made.shape == (5, *shape)
    assert made.dtype == np.uint8


def test_bands_are_learned_and_floats_keep_their_range():
    X = stripes(dtype="float32")
    model = make(filters=(8,), dimensions=3, epochs=60).fit(X)
    made = model.reconstruct(X)
    assert made.dtype == np.float32
    assert model.score(X) > 0.9
    assert -0.3 < made.min() < made.max() < 1.3


def test_channels_stay_where_they_were():
    X = np.stack([stripes()] * 3, axis=1)  # (rows, 3, 8, 8)
    model = make(**SMALL).fit(X)
    assert model.reconstruct(X[:4]).shape == (4, 3, 8, 8)
    assert model.sample(2).shape == (2, 3, 8, 8)


def test_rows_of_numbers_are_pictures_where_the_layout_says_so():
    X = stripes().reshape(-1, 64)
    pictured, table = make(layout="HW", **SMALL).fit(X), make(epochs=2).fit(X)
    assert pictured.preprocessor_.spec.image == (8, 8, 1)
    assert not table.preprocessor_.spec.image
    assert pictured.reconstruct(X[:3]).shape == table.reconstruct(X[:3]).shape == (3, 64)
    np.testing.assert_array_equal(
        pictured.transform(X[:3]), pictured.transform(X[:3].reshape(3, 8, 8))
    )


def test_without_convolutions_layers_are_dense():
    X = stripes()
    model = make(filters=(), epochs=2).fit(X)
    assert model.reconstruct(X).shape == X.shape
    assert not [path for path in model._outcome.parameters if "convolutions" in path]


def test_large_pictures_have_no_linear_way_unless_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("ranvier.families.autoencoder.model.WIDEST_LINEAR", 100)
    X = stripes()
    for linear, there in ((None, False), (True, True)):
        model = make(linear=linear, **SMALL).fit(X)
        assert ("up/kernel" in model._outcome.parameters) is there


class Onlooker:
    """Wants a picture after every epoch."""

    def __init__(self):
        self.pictures = {}

    def wants_picture(self, epoch):
        return True

    def pictured(self, epoch, pictures):
        self.pictures[epoch] = pictures

    def __getattr__(self, name):
        return lambda *arguments: None


def test_reconstructions_of_the_same_rows_are_shown_while_it_trains():
    X = stripes()
    onlooker = Onlooker()
    model = make(filters=(4,), epochs=60)
    model._fit(as_examples(X), onlooker)
    epochs = sorted(onlooker.pictures)
    first, last = (onlooker.pictures[epoch] for epoch in (epochs[0], epochs[-1]))
    assert first.shape == last.shape
    assert first.shape[0] == 2
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first[0], last[0])  # the pictures themselves
    if epochs[0] != epochs[-1]:
        assert (first[1] != last[1]).any()
