"""Many networks in one: each member by hand, their mean, their loss, and how they begin."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import expit, logsumexp, softmax

import ranvier as rv
from ranvier.families.fcnn.members import mean_logits
from ranvier.families.fcnn.network import FCNNBuilder
from ranvier.specification import InputSpec, OutputSpec
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


@pytest.mark.parametrize("input_layer", ["plain", "periodic"])
def test_only_the_first_factors_tell_the_members_apart_at_first(input_layer):
    drawn = small(64, input_layer=input_layer).initialise(np.uint32(0))[0]
    signs = np.array(drawn["hidden/0/dense/before"])
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs(signs.mean()) < 0.3
    for path in ("hidden/0/dense/after", "hidden/1/dense/before", "hidden/1/dense/after"):
        np.testing.assert_array_equal(drawn[path], 1.0)


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
