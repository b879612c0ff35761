"""The fully connected family: its network by hand, its recipes, its hyperparameters."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import ranvier as rv
from ranvier.families.fcnn import hyperparameters as light
from ranvier.families.fcnn.network import FCNNBuilder, input_layer
from ranvier.layers.activations import ACTIVATIONS
from ranvier.layers.normalization import NORMALIZATIONS
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import BINARY, MULTICLASS, REGRESSION
from ranvier.training.blueprint import blueprint_of
from ranvier.training.learner import Context
from ranvier.training.supervised import SupervisedLoss
from tests.training.runs import table

FEW = {"recipe": "textbook", "hidden": (6, 5), "epochs": 3, "verbose": 0}


def builder(**changed):
    values = {
        "inputs": InputSpec(3, (4,)),
        "outputs": OutputSpec(2, "softmax", "cross_entropy"),
        "hidden": (5, 5),
        "activation": "tanh",
        "normalization": "none",
        "dropout": False,
        "residual": False,
    }
    return FCNNBuilder(**(values | changed))


def batch(rows=8):
    generator = np.random.default_rng(0)
    return {
        "inputs": {
            "numeric": jnp.array(generator.normal(size=(rows, 3)), jnp.float32),
            "categories": jnp.array(generator.integers(0, 4, (rows, 1)), jnp.int32),
        },
        "target": jnp.array(generator.integers(0, 2, rows), jnp.int32),
        "weights": jnp.ones(rows, jnp.float32),
    }


def test_light_lists_are_those_of_the_layers():
    assert set(light.ACTIVATIONS) == set(ACTIVATIONS)
    assert set(light.NORMALIZATIONS) == set(NORMALIZATIONS)


def test_one_neuron_by_hand():
    """Weighted sum of what enters, plus bias, through the activation; logits to probabilities."""
    X, y = table()
    model = rv.FCNN(**FEW, activation="sigmoid").fit(X, y)
    network = model.network_
    entering = model.preprocessor_.transform(X[:1])["numeric"][0].astype(np.float64)
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731

    first = network.hidden[0].dense
    neuron = 4
    total = sum(
        x * w for x, w in zip(entering, np.array(first.kernel[...])[:, neuron], strict=True)
    )
    by_hand = sigmoid(total + float(first.bias[...][neuron]))
    layer = network.hidden[0](jnp.array(entering[None], jnp.float32))
    assert float(layer[0, neuron]) == pytest.approx(by_hand, rel=1e-5)

    x = entering
    for hidden in network.hidden:
        x = sigmoid(x @ np.array(hidden.dense.kernel[...]) + np.array(hidden.dense.bias[...]))
    logits = x @ np.array(network.output.kernel[...]) + np.array(network.output.bias[...])
    powers = np.exp(logits - logits.max())
    np.testing.assert_allclose(model.predict_proba(X[:1])[0], powers / powers.sum(), rtol=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "silu", "softplus"])
@pytest.mark.parametrize("normalization", ["none", "batch", "layer", "rms"])
def test_the_gradient_is_the_slope(activation, normalization):
    """Backpropagation against finite differences, in 64 bits."""
    blueprint = blueprint_of(
        builder(activation=activation, normalization=normalization, residual=True)
    )
    with jax.enable_x64(True):
        parameters, variables = jax.tree.map(
            lambda a: jnp.array(np.array(a), jnp.float64), blueprint.initialise(np.uint32(0))
        )
        rows = batch()
        rows["inputs"]["numeric"] = jnp.array(np.array(rows["inputs"]["numeric"]), jnp.float64)
        context = Context({"label_smoothing": 0.1}, jnp.float32(0), jax.random.key(0))

        @jax.jit
        def loss(p):
            network = blueprint.assemble(p, variables, key=context.key)
            # Without SupervisedLoss, whose loss is in 32 bits.
            log_p = jax.nn.log_softmax(network(rows["inputs"]))
            return -jnp.mean(log_p[jnp.arange(8), rows["target"]])

        slopes = jax.jit(jax.grad(loss))(parameters)
        step = 1e-5
        for path, slope in slopes.items():
            direction = np.random.default_rng(1).normal(size=slope.shape)
            moved = [
                loss({**parameters, path: parameters[path] + sign * step * direction})
                for sign in (1, -1)
            ]
            measured = float(moved[0] - moved[1]) / (2 * step)
            assert float(jnp.sum(slope * direction)) == pytest.approx(
                measured, rel=1e-4, abs=1e-7
            ), path


def test_the_training_loss_has_that_gradient():
    blueprint, rows = blueprint_of(builder()), batch()
    parameters, variables = blueprint.initialise(np.uint32(0))
    context = Context({"label_smoothing": jnp.float32(0)}, jnp.float32(0), jax.random.key(0))

    def ours(p):
        network = blueprint.assemble(p, variables, key=context.key)
        return SupervisedLoss("cross_entropy")(network, rows, context)[0]

    def plain(p):
        log_p = jax.nn.log_softmax(blueprint.assemble(p, variables)(rows["inputs"]))
        return -jnp.mean(log_p[jnp.arange(8), rows["target"]])

    one, two = jax.grad(ours)(parameters), jax.grad(plain)(parameters)
    for path in one:
        np.testing.assert_allclose(one[path], two[path], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_name_makes_a_network(name):
    network = builder(activation=name)(nnx.Rngs(0))
    logits = network(batch()["inputs"])
    assert logits.shape == (8, 2)
    assert jnp.isfinite(logits).all()


def test_activations_are_all_different():
    x = jnp.linspace(-3, 3, 31)
    values = {name: tuple(np.round(np.array(f(x)), 5)) for name, f in ACTIVATIONS.items()}
    assert len(set(values.values())) == len(ACTIVATIONS)


@pytest.mark.parametrize(
    ("name", "at_minus_one", "at_one"),
    [
        ("sigmoid", 0.268941, 0.731059),
        ("tanh", -0.761594, 0.761594),
        ("relu", 0.0, 1.0),
        ("leaky_relu", -0.01, 1.0),
        ("elu", -0.632121, 1.0),
        ("selu", -1.111331, 1.050701),
        ("gelu", -0.158808, 0.841192),
        ("silu", -0.268941, 0.731059),
        ("mish", -0.303401, 0.865098),
        ("softplus", 0.313262, 1.313262),
        ("softsign", -0.5, 0.5),
        ("hard_swish", -1 / 3, 2 / 3),
    ],
)
def test_activations_by_hand(name, at_minus_one, at_one):
    found = ACTIVATIONS[name](jnp.array([-1.0, 1.0]))
    np.testing.assert_allclose(found, [at_minus_one, at_one], atol=2e-6)


def test_residual_adds_the_input_where_widths_fit():
    plain, residual = (builder(hidden=(5, 5, 7), residual=r)(nnx.Rngs(0)) for r in (False, True))
    x = jnp.ones((2, 5))
    np.testing.assert_allclose(residual.hidden[1](x), x + plain.hidden[1](x), rtol=1e-6)
    np.testing.assert_array_equal(residual.hidden[2](x), plain.hidden[2](x))


def test_the_textbook_recipe_turns_every_extra_off():
    resolved = rv.FCNN(recipe="textbook")._resolve(MULTICLASS, 1000)
    off = {
        "dropout": 0.0, "normalization": "none", "label_smoothing": 0.0, "weight_decay": 0.0,
        "gradient_clip": None, "ema_decay": None, "schedule": "constant", "residual": False,
        "activation": "relu", "optimizer": "adam", "hidden": (128, 64), "beta2": 0.999,
    }  # fmt: skip
    assert {name: resolved[name] for name in off} == off


@pytest.mark.parametrize("task", [BINARY, MULTICLASS, REGRESSION])
def test_the_strong_recipe_has_its_extras(task):
    strong = rv.FCNN()._resolve(task, 1000)
    textbook = rv.FCNN(recipe="textbook")._resolve(task, 1000)
    for name in ("schedule", "optimizer", "hidden"):
        assert strong[name] != textbook[name], name
    assert strong["ema_decay"] > 0
    assert strong["regularization_schedule"] != "constant"
    assert strong["dropout"] > 0


@pytest.mark.parametrize("recipe", ["textbook", "strong"])
def test_what_is_given_wins_over_the_recipe(recipe):
    given = {
        "hidden": (3,), "activation": "tanh", "epochs": 7, "batch_size": 9, "learning_rate": 0.5,
        "optimizer": "sgd", "weight_decay": 0.25, "schedule": "cosine", "dropout": 0.0,
        "label_smoothing": 0.0, "ema_decay": 0.0, "gradient_clip": 3.0, "normalization": "rms",
    }  # fmt: skip
    resolved = rv.FCNN(recipe=recipe, **given)._resolve(MULTICLASS, 10_000)
    assert {name: resolved[name] for name in given} == given


@pytest.mark.parametrize("recipe", ["textbook", "strong"])
def test_both_recipes_learn(recipe):
    X, y = table(240)
    model = rv.FCNN(recipe=recipe, hidden=(32,), verbose=0, epochs=60, learning_rate=0.01)
    assert model.fit(X, y).score(X, y) > 0.65  # of classes that overlap; chance is a third


def test_no_hidden_layer_is_refused_with_the_reason():
    with pytest.raises(rv.HyperparameterError, match=r"got \(\): without one the network could"):
        rv.FCNN(hidden=()).fit(*table())


@pytest.mark.parametrize(
    "hidden", [(0,), (-3,), (2.5,), ("8",), (True,), "8", {8}, True, 2.0, ((8,),)], ids=repr
)
def test_widths_that_are_none_are_refused(hidden):
    with pytest.raises(rv.HyperparameterError, match="hidden must"):
        rv.FCNN(hidden=hidden, verbose=0).fit(*table())


@pytest.mark.parametrize(
    ("hidden", "means"),
    [
        (8, (8,)),
        ([8, 4], (8, 4)),
        (np.int64(8), (8,)),
        ((np.int64(8), np.int32(4)), (8, 4)),
    ],
    ids=repr,
)
def test_widths_in_the_forms_that_people_have_them(hidden, means):
    assert light.check_hidden(hidden) == means


@pytest.mark.parametrize(
    ("hidden", "said"),
    [((6,), "1 hidden layer: classical machine learning"), ((6, 5), "2 hidden layers: deep")],
)
def test_the_summary(hidden, said):
    X, y = table()
    model = rv.FCNN(**{**FEW, "hidden": hidden}).fit(X, y)
    lines = model.summary().splitlines()
    assert lines[0] == "FCNN · multiclass"
    widths = (4, *hidden, 3)
    counts = [0, *(n * m + m for n, m in pairwise(widths))]
    rows = [line for line in lines if line.startswith(("input", "hidden", "output  "))]
    for row, neurons, count in zip(rows, widths, counts, strict=True):
        assert f" {neurons} " in row + " "
        assert f" {count}" in row
    assert f"{sum(counts)} parameters" in model.summary()
    assert said in model.summary()
    assert lines[-1].startswith("output layer: multiclass")


def test_a_grid_over_rate_width_and_dropout():
    X, y = table()
    grid = {"learning_rate": [1e-3, 1e-2], "hidden": [(8,), (8, 8)], "dropout": [0.0, 0.2]}
    model = make_pipeline(StandardScaler(), rv.FCNN(**FEW))
    search = GridSearchCV(
        model, {f"fcnn__{name}": values for name, values in grid.items()}, cv=2, error_score="raise"
    ).fit(X, y)
    assert len(search.cv_results_["params"]) == 8
    assert search.best_estimator_[-1].hidden == search.best_params_["fcnn__hidden"]
    assert search.score(X, y) > 0.3


def test_the_network_is_plain_jax_for_its_user():
    X, y = table()
    model = rv.FCNN(**FEW).fit(X, y)
    inputs = {n: jnp.array(a) for n, a in model.preprocessor_.transform(X).items()}
    logits = model.network_(inputs)
    np.testing.assert_array_equal(model.classes_[np.array(logits).argmax(axis=1)], model.predict(X))
    slopes = nnx.grad(lambda network: network(inputs).sum())(model.network_)
    assert jax.tree.leaves(slopes)


def test_light_lists_of_input_layers_all_work():
    for chosen in set(light.INPUT_LAYERS) - {"auto"}:
        network = builder(input_layer=chosen, parametrization="ntk")(nnx.Rngs(0))
        assert network(batch()["inputs"]).shape == (8, 2)
    assert input_layer("auto", InputSpec(20)) == "periodic"
    assert input_layer("auto", InputSpec(784)) == "plain"


def test_few_rows_have_no_waves():
    assert rv.FCNN()._resolve(REGRESSION, 500)["input_layer"] == "plain"
    assert rv.FCNN()._resolve(REGRESSION, 5_000)["input_layer"] == "auto"
    assert rv.FCNN(input_layer="periodic")._resolve(REGRESSION, 500)["input_layer"] == "periodic"


def test_a_network_with_waves_explains_each_column():
    X = np.random.default_rng(0).normal(size=(60, 3))
    model = rv.FCNN(**FEW | {"input_layer": "periodic", "activation_rate": 1.6}).fit(X, X[:, 0])
    found = model.explain(X[:5])
    assert found.values.shape == (5, 3)
    np.testing.assert_allclose(found.values.sum(axis=1), found.outputs - found.baseline, atol=0.02)
    layer = model.neurons(X[:5])[0]
    assert layer.inputs.shape == (5, 12)
    assert layer.share.shape == (6,)
    np.testing.assert_allclose(
        layer.inputs @ layer.weights + layer.bias, layer.weighted_sum, atol=1e-4
    )


def test_the_history_holds_the_norm_of_the_gradient():
    X, y = table()
    model = rv.FCNN(
        **FEW | {"batch_size": 150, "epochs": 1, "validation_fraction": 0, "optimizer": "sgd"}
    ).fit(X, y)
    # One step over all rows: the norm can be computed from the first weights.
    ready = builder(
        inputs=model.preprocessor_.spec, outputs=OutputSpec(3, "softmax", "cross_entropy"),
        hidden=(6, 5), activation="relu",
    )  # fmt: skip
    blueprint = blueprint_of(ready)
    first, variables = blueprint.initialise(jnp.uint32(0))
    rows = {
        "inputs": {k: jnp.array(v) for k, v in model.preprocessor_.transform(X).items()},
        "target": jnp.array(y, jnp.int32),
        "weights": jnp.ones(len(y)),
    }
    context = Context({"label_smoothing": jnp.float32(0)}, jnp.float32(0), jax.random.key(0))

    def loss(parameters):
        network = blueprint.assemble(parameters, variables)
        return SupervisedLoss("cross_entropy")(network, rows, context)[0]

    slopes = jax.tree.leaves(jax.grad(loss)(first))
    expected = np.sqrt(sum(float(jnp.sum(slope**2)) for slope in slopes))
    assert model.history_[0]["gradient_norm"] == pytest.approx(expected, rel=1e-4)
