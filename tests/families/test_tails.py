"""Linear tails: what clipping took from the numbers finds its way to the output."""

from __future__ import annotations

import numpy as np
import pytest

import ranvier as rv
from ranvier.families.fcnn.tails import excess
from ranvier.preprocessing.numeric import features
from ranvier.tasks import MULTICLASS, REGRESSION

SMALL = {"hidden": (8,), "epochs": 40, "verbose": 0, "learning_rate": 0.02}


@pytest.fixture(scope="module")
def delays() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    late = generator.exponential(10.0, 3000) ** 1.7  # minutes: half below 32, the longest over 900
    other = generator.normal(size=3000)
    return np.stack([late, other], axis=1), late + 5 * other


@pytest.fixture(scope="module")
def model(delays: tuple[np.ndarray, np.ndarray]) -> rv.FCNN:
    return rv.FCNN(**SMALL).fit(*delays)


def test_the_excess_is_what_clipping_took():
    z = np.array([[-250.0, -40.0, -3.0, -0.5, 0.0, 0.5, 3.0, 40.0, 250.0]])
    clipped = features(z, np.zeros(9), np.ones(9), np.empty(0, int)).astype(np.float32)
    np.testing.assert_allclose(excess(clipped) + clipped, z, rtol=0.01)


def test_the_excess_ends_where_float32_tells_no_more():
    y = np.array([3.0, np.nextafter(np.float32(3), np.float32(0))], np.float32)
    np.testing.assert_allclose(excess(y), 297.0, rtol=1e-3)


def test_numbers_far_out_are_told_apart(delays: tuple[np.ndarray, np.ndarray], model: rv.FCNN):
    X, y = delays
    plain = rv.FCNN(**SMALL, linear_tails=False).fit(X, y)
    far = X[:, 0] > np.quantile(X[:, 0], 0.99)
    errors = [np.sqrt(np.mean((m.predict(X[far]) - y[far]) ** 2)) for m in (model, plain)]
    assert errors[0] < 0.8 * errors[1]


def test_the_output_neuron_by_hand(delays: tuple[np.ndarray, np.ndarray], model: rv.FCNN):
    X, _ = delays
    layer = model.neurons(X[:50])[-1]
    assert layer.weights.shape == (8 + 2, 1)
    total = layer.inputs @ layer.weights + layer.bias
    np.testing.assert_allclose(total, layer.weighted_sum, rtol=1e-4, atol=1e-5)
    coder = model._coder
    np.testing.assert_allclose(
        model.predict(X[:50]),
        layer.outputs[:, 0] * coder.scale[0] + coder.mean[0],
        rtol=1e-5,
        atol=1e-3,
    )


def test_attributions_still_add_up(delays: tuple[np.ndarray, np.ndarray], model: rv.FCNN):
    X, _ = delays
    found = model.explain(X)
    gap = found.values.sum(axis=1) - (found.outputs - found.baseline)
    assert np.abs(gap).max() < 0.02 * np.std(found.outputs)
    longest = X[:, 0].argmax()
    assert found.values[longest, 0] > 100 * abs(found.values[longest, 1])


def test_numbers_have_tails_and_classes_have_none():
    assert rv.FCNN()._resolve(REGRESSION, 5000)["linear_tails"] is True
    assert rv.FCNN()._resolve(MULTICLASS, 5000)["linear_tails"] is False
    assert rv.FCNN(linear_tails=True)._resolve(MULTICLASS, 5000)["linear_tails"] is True
    assert rv.FCNN(recipe="textbook")._resolve(REGRESSION, 5000)["linear_tails"] is False


def test_the_summary_counts_them(model: rv.FCNN):
    (output,) = [line for line in model.summary().splitlines() if line.startswith("output  ")]
    assert "linear, linear tails" in output
    assert " 11" in output  # 8 weights, a bias, and a weight for each tail


def test_they_are_saved(tmp_path, delays: tuple[np.ndarray, np.ndarray], model: rv.FCNN):
    model.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier")
    np.testing.assert_array_equal(again.predict(delays[0]), model.predict(delays[0]))
