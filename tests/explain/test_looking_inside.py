"""What is shown of a network can be recomputed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import ranvier as rv


@pytest.fixture(scope="module")
def digits() -> rv.FCNN:
    return rv.FCNN(hidden=(24, 16), epochs=8, verbose=0).fit(rv.read("digits"))


@pytest.fixture(scope="module")
def mixed() -> tuple[rv.FCNN, pl.DataFrame]:
    generator = np.random.default_rng(0)
    number = generator.normal(size=300)
    letter = generator.choice(list("abcdefghijklmnop"), size=300)
    flag = generator.random(300) < 0.5
    frame = pl.DataFrame({"number": number, "letter": letter, "flag": flag, "one": [1] * 300})
    target = 100 + 5 * number + 3 * flag + np.array([ord(c) - 100 for c in letter])
    return rv.FCNN(epochs=60, verbose=0).fit(frame, target), frame


def mish(x: float) -> float:
    return float(x * np.tanh(np.log1p(np.exp(x))))


def test_one_neurons_output_follows_by_hand_from_what_is_shown(digits: rv.FCNN) -> None:
    test = rv.read("digits").test
    first, second, output = digits.neurons(test)
    assert [first.name, second.name, output.name] == ["hidden 1", "hidden 2", "output"]
    row, neuron = 5, 3
    total = float(first.bias[neuron])
    for value, weight in zip(first.inputs[row], first.weights[:, neuron], strict=True):
        total += float(value) * float(weight)
    assert total == pytest.approx(first.weighted_sum[row, neuron], abs=1e-4)
    assert first.share is not None
    by_hand = total + first.share[neuron] * (mish(total) - total)
    assert by_hand == pytest.approx(first.outputs[row, neuron], abs=1e-4)
    np.testing.assert_array_equal(second.inputs, first.outputs)


def test_the_output_layer_gives_the_models_probabilities(digits: rv.FCNN) -> None:
    test = rv.read("digits").test
    output = digits.neurons(test)[-1]
    np.testing.assert_allclose(output.outputs, digits.predict_proba(test), atol=1e-5)


def test_the_arithmetic_is_spoken_with_all_its_terms(digits: rv.FCNN) -> None:
    spoken = digits.neurons(rv.read("digits").test)[0].spoken(3, row=5)
    lines = spoken.splitlines()
    assert lines[0] == "hidden 1, neuron 4, row 6"
    terms = [float(line.rsplit(None, 1)[1]) for line in lines[1:8]]
    assert sum(terms) == pytest.approx(float(lines[8].rsplit(None, 1)[1]), abs=5e-4)


def test_attributions_add_up_to_the_output_less_its_baseline(
    mixed: tuple[rv.FCNN, pl.DataFrame],
) -> None:
    model, frame = mixed
    found = model.explain(frame)
    assert found.columns == ("number", "letter", "flag")
    np.testing.assert_allclose(found.outputs, model.predict(frame), rtol=1e-5)
    spread = np.std(found.outputs)
    gap = found.values.sum(axis=1) - (found.outputs - found.baseline)
    assert np.abs(gap).max() < 0.02 * spread


def test_the_columns_that_matter_come_first(mixed: tuple[rv.FCNN, pl.DataFrame]) -> None:
    model, frame = mixed
    effects = np.abs(model.explain(frame).values).mean(axis=0)
    assert effects.argmin() == 2  # the flag moves the target least


def test_every_class_can_be_explained(digits: rv.FCNN) -> None:
    test = rv.read("digits").test
    found = digits.explain(test)
    np.testing.assert_array_equal(found.explained, digits.predict(test))
    seven: Any = digits.explain(test, output=7)
    assert set(seven.explained) == {7}
    with pytest.raises(rv.HyperparameterError, match="from 0 to 9; got 10"):
        digits.explain(test, output=10)


def test_of_two_classes_the_predicted_one_is_explained() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 2))
    y = np.where(X[:, 0] > 0, "yes", "no")
    model = rv.FCNN(recipe="textbook", hidden=(8,), epochs=30, verbose=0).fit(X, y)
    found, of_yes = model.explain(X[:40]), model.explain(X[:40], output=0)
    np.testing.assert_array_equal(found.explained, model.predict(X[:40]))
    assert (found.outputs > 0).all()
    assert set(of_yes.explained) == {"yes"}
    signs = np.where(found.explained == "yes", 1, -1)
    np.testing.assert_allclose(found.values, signs[:, None] * of_yes.values, atol=1e-5)
    np.testing.assert_allclose(
        found.values.sum(axis=1), found.outputs - found.baseline, atol=0.05 * of_yes.outputs.std()
    )


def test_of_several_numbers_the_first_is_explained() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 2))
    y = np.stack([X[:, 0], 100 + X[:, 1]], axis=1)
    model = rv.FCNN(recipe="textbook", hidden=(8,), epochs=5, verbose=0).fit(X, y)
    np.testing.assert_allclose(model.explain(X[:9]).outputs, model.predict(X[:9])[:, 0], rtol=1e-4)
