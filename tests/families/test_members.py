"""Many networks in one: each member by hand, their mean, and what is the same with one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from scipy.special import expit, logsumexp, softmax

import ranvier as rv
from ranvier.families.fcnn.members import mean_logits
from ranvier.families.fcnn.network import FCNNBuilder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import MULTICLASS
from ranvier.training.blueprint import blueprint_of
from ranvier.training.learner import Context
from ranvier.training.losses import LOSSES
from ranvier.training.supervised import SupervisedLoss
from tests.training.runs import table

FEW = {"recipe": "textbook", "hidden": (6, 5), "epochs": 3, "verbose": 0}
STRONG = {"hidden": (6, 5), "epochs": 3, "verbose": 0, "input_layer": "periodic"}


def by_hand(parameters, x, members, activation=np.tanh):
    """Logits (batch, members, units), one member and row after the other."""
    p = {path: np.asarray(value, np.float64) for path, value in parameters.items()}
    logits = []
    for row in np.asarray(x, np.float64):
        for j in range(members):
            y = row
            for layer in range(sum(path.endswith("before") for path in p)):
                at = f"hidden/{layer}/dense/"
                y = (y * p[at + "before"][j]) @ p[at + "kernel"]
                y = activation(y * p[at + "after"][j] + p[at + "bias"][j])
            logits.append(y @ p["output/kernel"][j] + p["output/bias"][j])
    return np.array(logits).reshape(len(x), members, -1)


def shaken(parameters, seed=0):
    """All different from what they start as."""
    generator = np.random.default_rng(seed)
    return {
        path: np.float32(value + 0.3 * generator.normal(size=value.shape))
        for path, value in parameters.items()
    }


def small(members=3, activation="softmax", units=2, **changed):
    values = {
        "inputs": InputSpec(3),
        "outputs": OutputSpec(units, activation, "cross_entropy"),
        "hidden": (5, 4),
        "activation": "tanh",
        "normalization": "none",
        "dropout": False,
        "residual": False,
        "members": members,
    }
    return blueprint_of(FCNNBuilder(**values | changed))


def rows(count=7):
    return {"numeric": jnp.array(np.random.default_rng(1).normal(size=(count, 3)), jnp.float32)}


@pytest.mark.parametrize("members", [2, 3, 8])
def test_each_member_by_hand(members):
    blueprint = small(members)
    parameters = shaken(blueprint.initialise(np.uint32(0))[0])
    logits = blueprint.assemble(parameters, {}, key=jax.random.key(0))(rows())
    assert logits.shape == (7, members, 2)
    np.testing.assert_allclose(
        logits, by_hand(parameters, rows()["numeric"], members), rtol=1e-4, atol=1e-5
    )


def test_what_a_fitted_model_predicts_is_the_mean_of_its_members():
    X, y = table()
    model = rv.FCNN(**FEW, members=4, activation="tanh").fit(X, y)
    entering = model.preprocessor_.transform(X)["numeric"]
    chances = softmax(by_hand(model._outcome.parameters, entering, 4), axis=-1).mean(axis=1)
    np.testing.assert_allclose(model.predict_proba(X), chances, rtol=1e-4, atol=1e-6)


def test_numbers_are_the_mean_of_the_members_numbers():
    X = np.random.default_rng(0).normal(size=(60, 3))
    y = 5 + 3 * X[:, 0]
    model = rv.FCNN(**FEW, members=4, activation="tanh").fit(X, y)
    entering = model.preprocessor_.transform(X)["numeric"]
    mean = by_hand(model._outcome.parameters, entering, 4).mean(axis=1)
    expected = (mean * model._coder.scale + model._coder.mean)[:, 0]
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-4)


@pytest.mark.parametrize("size", [1.0, 30.0, 500.0])
def test_the_logits_of_the_mean_are_those_of_the_mean_probability(size):
    logits = size * np.random.default_rng(0).normal(size=(50, 5, 3))
    given = jnp.array(logits, jnp.float32)
    many, each, mean = (
        np.asarray(mean_logits(given, name), np.float64)
        for name in ("softmax", "sigmoid", "linear")
    )
    np.testing.assert_allclose(
        softmax(many, axis=1), softmax(logits, axis=2).mean(axis=1), atol=1e-6
    )
    np.testing.assert_allclose(expit(each), expit(logits).mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(mean, logits.mean(axis=1), rtol=1e-4, atol=1e-4 * size)
    # Where the probability itself rounds to 0 or 1, its logit is still right.
    log_p = logsumexp(-np.logaddexp(0, -logits), axis=1) - np.log(5)
    log_q = logsumexp(-np.logaddexp(0, logits), axis=1) - np.log(5)
    np.testing.assert_allclose(each, log_p - log_q, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid", "linear"])
def test_members_that_agree_are_answered_as_one(activation):
    one = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    same = mean_logits(jnp.array(np.repeat(one[:, None], 4, axis=1)), activation)
    expected = one - logsumexp(one, axis=1, keepdims=True) if activation == "softmax" else one
    np.testing.assert_allclose(same, expected, atol=1e-5)


def test_few_bits_are_averaged_in_many():
    logits = jnp.ones((2, 3, 4), jnp.bfloat16)
    assert mean_logits(logits, "softmax").dtype == jnp.float32


@pytest.mark.parametrize(
    ("name", "activation", "target"),
    [
        ("cross_entropy", "softmax", jnp.array([0, 1, 0, 1, 0, 1, 1])),
        ("binary_cross_entropy", "sigmoid", jnp.ones((7, 2)).at[2:, 0].set(0.0)),
        ("squared_error", "linear", jnp.linspace(-1, 1, 14).reshape(7, 2)),
    ],
)
def test_the_loss_is_the_mean_of_the_members_losses(name, activation, target):
    blueprint = small(3, activation)
    parameters = shaken(blueprint.initialise(np.uint32(0))[0])
    network = blueprint.assemble(parameters, {}, key=jax.random.key(0))
    weights = jnp.linspace(0.5, 1.5, 7)
    batch = {"inputs": rows(), "target": target, "weights": weights}
    smoothing = jnp.float32(0.1)
    context = Context({"label_smoothing": smoothing}, jnp.float32(0), jax.random.key(0))
    loss, metrics = SupervisedLoss(name)(network, batch, context)
    logits = network(rows())
    each = [jnp.mean(LOSSES[name](logits[:, j], target, smoothing) * weights) for j in range(3)]
    assert float(loss) == pytest.approx(float(sum(each)) / 3, rel=1e-5)
    assert float(metrics["loss"]) == float(loss)


def test_only_the_first_factors_tell_the_members_apart_at_first():
    plain = small(64, hidden=(5, 4)).initialise(np.uint32(0))[0]
    first = np.array(plain["hidden/0/dense/before"])
    assert set(np.unique(first)) == {-1.0, 1.0}
    assert abs(first.mean()) < 0.3
    for path in ("hidden/0/dense/after", "hidden/1/dense/before", "hidden/1/dense/after"):
        np.testing.assert_array_equal(plain[path], 1.0)
    waves = small(64, input_layer="periodic").initialise(np.uint32(0))[0]
    factors = np.array(waves["hidden/0/dense/before"])
    assert factors.std() == pytest.approx(1.0, abs=0.1)
    assert len(np.unique(factors)) == factors.size


def test_every_output_layer_starts_as_wide_as_one_alone():
    alone = small(1, hidden=(64,)).initialise(np.uint32(0))[0]["output/kernel"]
    many = small(8, hidden=(64,)).initialise(np.uint32(0))[0]["output/kernel"]
    assert many.shape == (8, *alone.shape)
    assert float(np.std(many)) == pytest.approx(float(np.std(alone)), rel=0.2)
    assert len({np.asarray(kernel).tobytes() for kernel in many}) == 8


@pytest.mark.parametrize("parametrization", ["standard", "ntk"])
def test_what_belongs_to_a_member_does_not_decay(parametrization):
    paces = small(3, parametrization=parametrization).paces
    own = [p for p in small(3).parameters if p.endswith(("before", "after", "bias"))]
    assert len(own) == 7
    assert all(paces[path].decay == 0.0 for path in own)


def test_shared_weights_are_held_once():
    sizes = {path: shape.shape for path, shape in small(8).parameters.items()}
    assert sizes["hidden/0/dense/kernel"] == (3, 5)
    assert sizes["hidden/1/dense/kernel"] == (5, 4)


def test_one_member_is_the_plain_network():
    assert set(small(1).parameters) == {
        f"{layer}/{part}"
        for layer in ("hidden/0/dense", "hidden/1/dense", "output")
        for part in ("kernel", "bias")
    }
    for recipe in ("strong", "textbook"):
        assert rv.FCNN(recipe=recipe)._resolve(MULTICLASS, 1000)["members"] == 1
    X, y = table()
    plain, one = rv.FCNN(**FEW).fit(X, y), rv.FCNN(**FEW, members=1).fit(X, y)
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
