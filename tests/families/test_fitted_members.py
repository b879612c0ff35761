"""Many networks in one, fitted: repeated, saved, summed up, explained, with other choices."""

import numpy as np
import pytest
from flax import nnx

import ranvier as rv
from ranvier.tasks import MULTICLASS
from tests.training.runs import table

FEW = {"recipe": "textbook", "hidden": (6, 5), "epochs": 3, "verbose": 0}
STRONG = {"hidden": (6, 5), "epochs": 3, "verbose": 0, "input_layer": "periodic"}


def test_one_member_is_the_plain_network():
    X, y = table()
    plain, one = rv.FCNN(**FEW).fit(X, y), rv.FCNN(**FEW, members=1).fit(X, y)
    assert set(one._outcome.parameters) == {
        f"{layer}/{part}"
        for layer in ("hidden/0/dense", "hidden/1/dense", "output")
        for part in ("kernel", "bias")
    }
    for recipe in ("strong", "textbook"):
        assert rv.FCNN(recipe=recipe)._resolve(MULTICLASS, 1000)["members"] == 1
    np.testing.assert_array_equal(plain.predict_proba(X), one.predict_proba(X))
    assert plain.decisions_ == one.decisions_
    assert isinstance(one.network_.output, nnx.Linear)


@pytest.mark.parametrize("settings", [FEW, STRONG], ids=["textbook", "strong"])
def test_the_same_seed_gives_the_same_bits(settings):
    X, y = table()
    one, two = (rv.FCNN(**settings, members=3).fit(X, y) for _ in range(2))
    other = rv.FCNN(**settings, members=3, seed=1).fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    assert (one.predict_proba(X) != other.predict_proba(X)).any()


@pytest.mark.parametrize("settings", [FEW, STRONG], ids=["textbook", "strong"])
def test_saved_and_loaded(settings, tmp_path):
    X, y = table()
    model = rv.FCNN(**settings, members=3).fit(X, y)
    model.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier")
    assert again.members == 3
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))
    assert again.summary() == model.summary()


@pytest.mark.parametrize(("optimizer", "normalization"), [("muon", "batch"), ("sgd", "layer")])
def test_with_other_choices(optimizer, normalization):
    X, y = table()
    model = rv.FCNN(
        **FEW, members=3, optimizer=optimizer, normalization=normalization, residual=True,
        dropout=0.2,
    ).fit(X, y)  # fmt: skip
    assert np.isfinite(model.predict_proba(X)).all()


def test_binary_and_multilabel_targets():
    X = np.random.default_rng(0).normal(size=(80, 3))
    yes = rv.FCNN(**FEW, members=3).fit(X, X[:, 0] > 0)
    assert yes.predict_proba(X).shape == (80, 2)
    many = rv.FCNN(**FEW, members=3, task="multilabel").fit(X, (X[:, :2] > 0).astype(int))
    assert many.predict_proba(X).shape == (80, 2)
    assert many.predict(X).shape == (80, 2)


def test_the_line_and_the_summary_say_how_many():
    X, y = table()
    model = rv.FCNN(**FEW, members=8).fit(X, y)
    (line,) = (text for label, text in model.decisions_ if label == "network")
    assert "· 8 members ·" in line
    lines = [row for row in model.summary().splitlines() if row.startswith(("hidden", "output  "))]
    assert all(row.endswith(", 8 members") for row in lines)
    # Shared weights once; of each member two vectors of factors, biases, an output layer.
    hidden = 4 * 6 + 6 * 5 + 8 * ((4 + 6 + 6) + (6 + 5 + 5))
    assert f"{hidden + 8 * (5 * 3 + 3):,} parameters" in model.summary()


def test_the_mean_is_explained_and_one_neuron_is_not():
    X = np.random.default_rng(0).normal(size=(60, 3))
    model = rv.FCNN(**FEW, members=3).fit(X, X[:, 0])
    found = model.explain(X[:5])
    assert found.values.shape == (5, 3)
    np.testing.assert_allclose(found.outputs, model.predict(X[:5]), rtol=1e-5)
    np.testing.assert_allclose(found.values.sum(axis=1), found.outputs - found.baseline, atol=0.02)
    with pytest.raises(rv.HyperparameterError, match=r"this model is 3 members .* members=1"):
        model.neurons(X[:5])


def test_members_learn():
    X, y = table(240)
    model = rv.FCNN(hidden=(32,), members=4, verbose=0, epochs=60, learning_rate=0.01)
    assert model.fit(X, y).score(X, y) > 0.65  # of classes that overlap; chance is a third


def test_members_follow_tails_together():
    X = np.random.default_rng(0).exponential(size=(120, 2)) ** 3
    model = rv.FCNN(**FEW, members=3, linear_tails=True).fit(X, X[:, 0])
    assert model._outcome.parameters["tails/kernel"].shape == (2, 1)
    assert np.abs(model._outcome.parameters["tails/kernel"]).max() > 0
    found = model.explain(X[:9])
    np.testing.assert_allclose(found.outputs, model.predict(X[:9]), rtol=1e-5)


def test_classes_of_many_members_are_neither_calibrated_nor_given_tails():
    X, y = table()
    model = rv.FCNN(hidden=(6,), epochs=3, verbose=0, members=2).fit(X, y)
    assert model.resolved_["calibrate"] is False
    for name in ("calibrate", "linear_tails"):
        with pytest.raises(rv.HyperparameterError, match=rf"{name}=True needs one network .*=2;"):
            rv.FCNN(**FEW, members=2, **{name: True}).fit(X, y)
