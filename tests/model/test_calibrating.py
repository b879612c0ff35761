"""The temperature of the logits: what it minimises, what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import ranvier as rv
from ranvier.model.calibrating import cooled, temperature
from tests.training.runs import table

SMALL = {"hidden": (16,), "epochs": 12, "verbose": 0}


def log_loss(logits, labels, heat):
    scaled = logits / heat
    log_p = scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True)
    return -log_p[np.arange(len(labels)), labels].mean()


def test_many_rows_give_the_temperature_of_least_log_loss():
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(20_000, 4))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([generator.choice(4, p=p) for p in chances])
    weights = np.ones(len(labels))
    for too_sure in (0.2, 1.0, 5.0):
        seen = logits * too_sure
        found = temperature(seen, labels, weights, "cross_entropy")
        best = minimize_scalar(lambda h, s=seen: log_loss(s, labels, h), bounds=(0.05, 20)).x
        assert found == pytest.approx(best, rel=1e-2)
        assert found == pytest.approx(too_sure, rel=0.05)


def test_a_sigmoid_has_the_temperature_of_two_softmax_units():
    generator = np.random.default_rng(1)
    logits = 3 * generator.normal(size=(500, 1))
    labels = (generator.random(500) < 1 / (1 + np.exp(-logits[:, 0]))).astype(np.int32)
    both = np.concatenate([np.zeros_like(logits), logits], axis=1)
    one = temperature(logits, labels[:, None], np.ones(500), "binary_cross_entropy")
    two = temperature(both, labels, np.ones(500), "cross_entropy")
    assert one == pytest.approx(two, rel=1e-6)


def test_a_weight_of_two_is_the_row_twice():
    generator = np.random.default_rng(2)
    logits, labels = generator.normal(size=(60, 3)), generator.integers(0, 3, 60)
    weights = generator.integers(0, 3, 60)
    repeated = np.repeat(np.arange(60), weights)
    one = temperature(logits, labels, weights, "cross_entropy")
    two = temperature(logits[repeated], labels[repeated], np.ones(len(repeated)), "cross_entropy")
    assert one == pytest.approx(two, rel=1e-6)


def test_weights_that_are_shares_do_not_make_it_doubt_everything():
    generator = np.random.default_rng(3)
    logits = 3 * generator.normal(size=(300, 3))
    labels = logits.argmax(axis=1)
    whole = temperature(logits, labels, np.ones(300), "cross_entropy")
    shares = temperature(logits, labels, np.full(300, 1 / 300), "cross_entropy")
    assert shares == pytest.approx(whole, rel=1e-6)


def test_few_rows_that_are_all_right_do_not_make_it_infinitely_sure():
    logits = np.eye(3)[[0, 1, 2] * 4]
    found = temperature(logits, np.array([0, 1, 2] * 4), np.ones(12), "cross_entropy")
    surest = np.exp(1 / found) / (np.exp(1 / found) + 2)
    assert surest == pytest.approx(1 - (2 / 3) / 13, rel=1e-3)  # twelve rows and one of all classes


@pytest.mark.parametrize("logits", [np.zeros((5, 3)), np.full((5, 3), np.nan)], ids=["flat", "nan"])
def test_logits_that_tell_nothing_stay(logits):
    assert temperature(logits, np.zeros(5, int), np.ones(5), "cross_entropy") == 1.0


def test_only_the_last_layers_are_cooled():
    parameters = {name: np.ones(2, np.float32) for name in ("hidden/0", "output/kernel", "tails/k")}
    changed = cooled(parameters, ("output", "tails"), 4.0)
    assert {name: float(a[0]) for name, a in changed.items()} == {
        "hidden/0": 1.0, "output/kernel": 0.25, "tails/k": 0.25,
    }  # fmt: skip
    assert changed["tails/k"].dtype == np.float32


def test_a_last_layer_inside_a_part_is_cooled_alone():
    parameters = {name: np.ones(2, np.float32) for name in ("head/hidden/k", "head/output/k")}
    changed = cooled(parameters, ("head/output",), 4.0)
    assert {name: float(a[0]) for name, a in changed.items()} == {
        "head/hidden/k": 1.0, "head/output/k": 0.25,
    }  # fmt: skip


@pytest.mark.parametrize("family", [rv.FCNN, rv.CNN, rv.RNN])
def test_what_a_family_calls_its_last_layers_is_there(family):
    X, y = table(40)
    X = X if family is rv.FCNN else np.asarray(X)[..., None]
    small = {"convolutions": (2,)} if family is rv.RNN else {}
    model = family(epochs=1, verbose=0, **small).fit(X, y)
    parameters = model._outcome.parameters
    changed = cooled(parameters, model._last, 2.0)
    assert any(not np.array_equal(parameters[name], changed[name]) for name in parameters)


@pytest.mark.parametrize("classes", [2, 3])
def test_calibration_changes_probabilities_and_no_class(classes):
    X, y = table(400)
    y = np.minimum(y, classes - 1)
    plain = rv.FCNN(**SMALL, calibrate=False).fit(X, y)
    ours = rv.FCNN(**SMALL).fit(X, y)
    np.testing.assert_array_equal(plain.predict(X), ours.predict(X))
    assert np.abs(plain.predict_proba(X) - ours.predict_proba(X)).max() > 1e-3
    (said,) = [text for label, text in ours.decisions_ if label == "certainty"]
    heat = float(said.split()[3].rstrip(","))
    assert said == (
        f"logits divided by {heat:.2f}, so that probabilities fit the 80 validation rows; "
        "to leave them: calibrate=False"
    )
    raw, cold = (m.network_.output.kernel[...] for m in (plain, ours))
    np.testing.assert_allclose(cold, raw / heat, atol=0.01 * float(np.abs(cold).max()))


def test_no_calibration_where_there_is_nothing_to_calibrate():
    X, y = table(400)
    numbers = rv.FCNN(**SMALL, calibrate=True, task="regression").fit(X, X[:, 0])
    without = rv.FCNN(**SMALL, validation_fraction=0).fit(X, y)
    textbook = rv.FCNN(**SMALL, recipe="textbook").fit(X, y)
    for model in (numbers, without, textbook):
        assert "certainty" not in dict(model.decisions_)


def test_a_network_of_ones_own_says_why_it_cannot():
    with pytest.raises(rv.HyperparameterError, match="calibrate=True needs a network whose last"):
        rv.Custom(build=len, calibrate=True, verbose=0).fit(*table())
