"""What each training hyperparameter does, seen from the model."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from sklearn.metrics import accuracy_score, log_loss

import ranvier as rv
from ranvier.data import as_examples
from ranvier.hyperparameters import OPTIMIZERS, SCHEDULES
from ranvier.model import fitting
from ranvier.training.blueprint import blueprint_of
from tests.training.runs import SMALL, prepared, run, table

PLAIN = {**SMALL, "recipe": "textbook", "dropout": 0.0, "validation_fraction": 0.0}


def noisy(rows=400):
    """Classes that can be learned by heart and not understood."""
    generator = np.random.default_rng(0)
    return generator.normal(size=(rows, 6)), generator.integers(0, 2, rows)


def examples(X, y):
    return as_examples(X, y).train


@pytest.fixture(scope="module")
def stopped():
    settings = {
        **SMALL,
        "hidden": (64,),
        "epochs": 60,
        "patience": 4,
        "learning_rate": 0.01,
        "calibrate": False,
    }
    return rv.FCNN(**settings).fit(*noisy())


def test_early_stopping_ends_when_patience_is_out(stopped):
    assert len(stopped.history_) == stopped.best_epoch_ + 4 < 60
    assert stopped._outcome.reason == "patience"
    accuracies = [row["valid_accuracy"] for row in stopped.history_]
    best = stopped.history_[stopped.best_epoch_ - 1]
    assert best["valid_accuracy"] == max(accuracies)
    tied = [
        row["valid_loss"] for row in stopped.history_ if row["valid_accuracy"] == max(accuracies)
    ]
    assert best["valid_loss"] == min(tied)


def test_the_weights_of_the_best_epoch_are_kept(stopped):
    X, y = noisy()
    _, valid = fitting.split_rows(examples(X, y), fitting.tasks.BINARY, stopped.resolved_)
    best = stopped.history_[stopped.best_epoch_ - 1]
    probabilities = stopped.predict_proba(X[valid])
    assert accuracy_score(y[valid], stopped.predict(X[valid])) == pytest.approx(
        best["valid_accuracy"]
    )
    assert log_loss(y[valid], probabilities) == pytest.approx(best["valid_loss"], rel=1e-5)


def test_without_patience_every_epoch_is_run_and_the_best_still_kept():
    settings = {**SMALL, "hidden": (64,), "epochs": 30, "patience": None, "learning_rate": 0.01}
    model = rv.FCNN(**settings).fit(*noisy())
    assert len(model.history_) == 30
    assert 0 < model.best_epoch_ < 30
    assert model._outcome.reason == "finished"


def test_without_validation_rows_the_last_weights_are_kept():
    model = rv.FCNN(**SMALL | {"validation_fraction": 0}).fit(*table())
    assert model.best_epoch_ == 0
    assert all("valid_loss" not in row for row in model.history_)
    assert "no validation" in dict(model.decisions_)["data"]


def test_validation_rows_do_not_train():
    X, y = table()
    ready = prepared()
    _, valid = fitting.split_rows(examples(X, y), fitting.tasks.MULTICLASS, ready.resolved)
    assert len(valid) == 15
    assert ready.plan.rows == 135
    poisoned = np.where(np.isin(np.arange(150), valid)[:, None], X * -3.0, X)
    one = rv.FCNN(**SMALL, patience=None, ema_decay=0.0).fit(X, y)
    two = rv.FCNN(**SMALL, patience=None, ema_decay=0.0).fit(poisoned, y)
    assert [row["loss"] for row in one.history_] == [row["loss"] for row in two.history_]
    assert one.history_[0]["valid_loss"] != two.history_[0]["valid_loss"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains(name):
    rate = {"sgd": 0.05, "lion": 1e-3}.get(name, 0.01)
    model = rv.FCNN(**{**PLAIN, "epochs": 8}, optimizer=name, learning_rate=rate).fit(*table())
    assert model.history_[-1]["loss"] < 0.8 * model.history_[0]["loss"]


@pytest.mark.parametrize("recipe", ["textbook", "strong"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_may_be_named_alone(name, recipe):
    model = rv.FCNN(optimizer=name, recipe=recipe)
    resolved = model._resolve(fitting.tasks.MULTICLASS, 1000)
    assert resolved["optimizer"] == name
    assert resolved["learning_rate"] > 0


def test_adam_with_a_decay_of_ones_own_is_refused():
    with pytest.raises(rv.HyperparameterError, match="use optimizer='adamw'"):
        rv.FCNN(**PLAIN, optimizer="adam", weight_decay=0.1).fit(*table())


def test_schedules_change_the_run():
    losses = {
        name: rv.FCNN(**PLAIN, schedule=name).fit(*table()).history_[-1]["loss"]
        for name in ("constant", "warmup")
    }
    assert len(set(losses.values())) == 2
    assert set(losses) < set(SCHEDULES)


def test_bfloat16_trains_and_predicts_float64_probabilities():
    X, y = table()
    settings = {**SMALL, "epochs": 30, "learning_rate": 0.01}
    half = rv.FCNN(**settings, precision="bfloat16").fit(X, y)
    full = rv.FCNN(**settings).fit(X, y)
    assert half.score(X, y) > 0.6
    assert abs(half.score(X, y) - full.score(X, y)) < 0.1
    assert half.predict_proba(X).dtype == np.float64
    assert (half.predict_proba(X) != full.predict_proba(X)).any()
    # The weights themselves stay in full precision.
    assert {str(a.dtype) for a in half._outcome.parameters.values()} == {"float32"}


def test_clipping_bounds_the_step():
    """With plain descent a step is rate times gradient, so its length shows the norm."""
    one_step = {
        **PLAIN, "batch_size": 200, "epochs": 1, "optimizer": "sgd", "momentum": 0.0,
        "learning_rate": 1.0, "weight_decay": 0.0,
    }  # fmt: skip
    start = prepared(**one_step)
    fresh = start.learner.build  # the same weights that the run begins with
    before, _ = blueprint_of(fresh).initialise(np.uint32(0))
    lengths = {}
    for clip in (None, 0.01, 1e6):
        after = rv.FCNN(**one_step, gradient_clip=clip).fit(*table())._outcome.parameters
        moved = [np.square(after[path] - before[path]).sum() for path in before]
        lengths[clip] = float(np.sqrt(np.sum(moved)))
    assert lengths[0.01] == pytest.approx(0.01, rel=1e-3)
    assert lengths[None] == pytest.approx(lengths[1e6], rel=1e-5)
    assert lengths[None] > 0.1


def test_the_moving_average_is_what_is_kept():
    """Three steps by hand: decay min(d, (1 + n) / (10 + n))."""
    plain = {**PLAIN, "batch_size": 200, "schedule": "constant"}
    steps = [rv.FCNN(**{**plain, "epochs": n}).fit(*table())._outcome.parameters for n in (1, 2, 3)]
    average, _ = blueprint_of(prepared(**plain).learner.build).initialise(np.uint32(0))
    for n, latest in enumerate(steps):
        decay = min(0.15, (1 + n) / (10 + n))
        average = {p: decay * average[p] + (1 - decay) * latest[p] for p in latest}
    model = rv.FCNN(**{**plain, "epochs": 3}, ema_decay=0.15).fit(*table())
    for path, array in model._outcome.parameters.items():
        np.testing.assert_allclose(array, average[path], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.1, 0.5])
def test_label_smoothing_keeps_probabilities_from_the_ends(smoothing):
    X = np.repeat(np.eye(3) * 5, 40, axis=0)
    y = np.repeat(np.arange(3), 40)
    settings = {**PLAIN, "epochs": 150, "learning_rate": 0.01, "label_smoothing": smoothing}
    probabilities = rv.FCNN(**settings).fit(X, y).predict_proba(X).max(axis=1)
    # The loss is least where the right class has 1 - s + s / 3.
    np.testing.assert_allclose(probabilities, 1 - smoothing + smoothing / 3, atol=0.02)


def test_weight_decay_makes_smaller_weights():
    sizes = [
        sum(
            np.square(a).sum()
            for p, a in rv.FCNN(**PLAIN, optimizer="adamw", weight_decay=decay, learning_rate=0.01)
            .fit(*table())
            ._outcome.parameters.items()
            if p.endswith("kernel")
        )
        for decay in (0.0, 5.0)
    ]
    assert sizes[1] < 0.5 * sizes[0]


def test_divergence_names_the_step_and_leaves_an_earlier_fit_alone():
    X, y = table()
    model = rv.FCNN(**PLAIN).fit(X, y * 2.5)
    before = model.predict(X)
    attributes = {k: v for k, v in vars(model).items() if k.endswith("_")}
    model.set_params(learning_rate=1e30, optimizer="sgd", epochs=50)
    with pytest.raises(rv.DivergedError, match=r"at step \d+ \(epoch \d+\).*smaller learning_rate"):
        model.fit(X, y * 2.5)
    assert {k: v for k, v in vars(model).items() if k.endswith("_")} == attributes
    np.testing.assert_array_equal(model.predict(X), before)


def linear(inputs, outputs, rngs):
    return nnx.Linear(inputs.numeric, outputs.units, rngs=rngs)


def finite_with_a_slope_that_is_not(network, batch, context):
    return jnp.sqrt(jnp.sum(network.kernel[...] * 0.0)), {}


def test_weights_that_are_not_finite_are_never_kept():
    """The loss of the only step is finite, the step is not."""
    player = rv.Player("all", finite_with_a_slope_that_is_not)
    model = rv.Custom(build=linear, players=(player,), epochs=1, batch_size=500, verbose=0)
    with pytest.raises(rv.DivergedError, match="at step 1 "):
        model.fit(*table())
    assert not hasattr(model, "task_")


def test_weights_without_one_finite_validation_loss_are_never_kept():
    settings = {**PLAIN, "validation_fraction": 0.2, "epochs": 1, "batch_size": 500}
    with pytest.raises(rv.DivergedError, match="at step 1 "):
        rv.FCNN(**settings, learning_rate=1e38, optimizer="sgd").fit(*table())


def test_padding_rows_have_no_influence():
    """Seven rows in batches of four: the eighth place repeats a row and must not count."""
    ready = prepared(*table(7), **{**PLAIN, "batch_size": 4, "optimizer": "sgd"})
    assert ready.plan.steps_per_epoch * ready.plan.batch_size == 8
    outcome = run(ready, resident=False, chunk_steps=4)
    assert all(np.isfinite(a).all() for a in jax.tree.leaves(outcome.parameters))
