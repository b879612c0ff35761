"""Optimizers: each descends; each is Optax's own where Optax has it whole."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ranvier import hyperparameters
from ranvier.training.blueprint import Pace
from ranvier.training.optimizers import make

NUMBERS = {"momentum": 0.9, "beta2": 0.999, "weight_decay": 0.1}


def parameters() -> dict[str, jax.Array]:
    rows = jnp.arange(12.0).reshape(3, 4) / 7 - 0.5
    return {"kernel": rows, "bias": jnp.array([0.3, -0.2, 0.1, 0.4])}


def loss(p: dict[str, jax.Array]) -> jax.Array:
    return jnp.sum((p["kernel"] - 1.0) ** 2) + jnp.sum((p["bias"] + 1.0) ** 2)


def run(optimizer: optax.GradientTransformation, steps: int) -> dict[str, jax.Array]:
    @jax.jit
    def step(p, state):
        updates, state = optimizer.update(jax.grad(loss)(p), state, p)
        return optax.apply_updates(p, updates), state

    p = parameters()
    state = optimizer.init(p)
    for _ in range(steps):
        p, state = step(p, state)
    return p


def is_matrix(tree):
    return jax.tree.map(lambda a: a.ndim >= 2, tree)


OPTAX = {
    "adam": optax.adam(0.01, b1=0.9, b2=0.999),
    "adamw": optax.adamw(0.01, b1=0.9, b2=0.999, weight_decay=0.1, mask=is_matrix),
    "lion": optax.lion(0.01, b1=0.9, b2=0.99, weight_decay=0.1, mask=is_matrix),
}


@pytest.mark.parametrize("name", OPTAX)
def test_three_steps_are_optaxs_own(name):
    ours, theirs = run(make(name, 0.01, NUMBERS), 3), run(OPTAX[name], 3)
    for path in ours:
        np.testing.assert_array_equal(ours[path], theirs[path])


def test_sgd_without_decay_is_optaxs_sgd_with_momentum():
    ours = run(make("sgd", 0.01, {**NUMBERS, "weight_decay": 0.0}), 3)
    theirs = run(optax.sgd(0.01, momentum=0.9), 3)
    for path in ours:
        np.testing.assert_allclose(ours[path], theirs[path], rtol=1e-6)


@pytest.mark.parametrize("name", hyperparameters.OPTIMIZERS)
def test_every_optimizer_lowers_the_loss(name):
    before, after = loss(parameters()), loss(run(make(name, 0.01, NUMBERS), 20))
    assert after < 0.95 * before


@pytest.mark.parametrize("name", ["sgd", "adamw", "lion", "muon"])
def test_decay_pulls_on_matrices_and_not_on_biases(name):
    still = jax.tree.map(jnp.zeros_like, parameters())
    optimizer = make(name, 0.1, NUMBERS)
    p = parameters()
    updates, _ = optimizer.update(still, optimizer.init(p), p)
    np.testing.assert_allclose(updates["kernel"], -0.1 * 0.1 * p["kernel"], rtol=1e-5)
    np.testing.assert_array_equal(updates["bias"], 0.0)


@pytest.mark.parametrize("name", hyperparameters.OPTIMIZERS)
def test_the_numbers_may_be_traced(name):
    p = parameters()

    @jax.jit
    def step(rate, numbers):
        optimizer = make(name, rate, numbers)
        return optimizer.update(jax.grad(loss)(p), optimizer.init(p), p)[0]

    numbers = {key: jnp.float32(value) for key, value in NUMBERS.items()}
    small, large = step(jnp.float32(0.01), numbers), step(jnp.float32(0.02), numbers)
    for path in p:
        np.testing.assert_allclose(2 * small[path], large[path], rtol=1e-5)
    assert step._cache_size() == 1


@pytest.mark.parametrize("name", ["adam", "adamw", "lion", "muon", "sgd"])
def test_a_pace_scales_the_steps_of_its_parameter_alone(name):
    numbers = {**NUMBERS, "weight_decay": 0.0}
    paces = {"bias": Pace(rate=0.5, decay=0.0)}
    usual, paced = run(make(name, 0.01, numbers), 1), run(make(name, 0.01, numbers, paces), 1)
    start = parameters()
    np.testing.assert_allclose(
        paced["bias"] - start["bias"], 0.5 * (usual["bias"] - start["bias"]), rtol=1e-4
    )
    np.testing.assert_array_equal(paced["kernel"], usual["kernel"])


def test_muon_takes_rows_that_do_not_decay_for_vectors():
    paces = {"kernel": Pace(decay=0.0)}
    ours = run(make("muon", 0.01, NUMBERS, paces), 3)
    theirs = run(optax.nadam(0.01, b1=0.9, b2=0.999), 3)  # what Muon gives to all but matrices
    np.testing.assert_allclose(ours["kernel"], theirs["kernel"], rtol=1e-5)


def test_a_pace_has_its_own_share_of_the_decay():
    paces = {"bias": Pace(decay=1.0), "kernel": Pace(decay=0.0)}
    paced = run(make("adamw", 0.01, NUMBERS, paces), 1)
    free = run(make("adamw", 0.01, {**NUMBERS, "weight_decay": 0.0}), 1)
    np.testing.assert_array_equal(paced["kernel"], free["kernel"])
    np.testing.assert_allclose(
        paced["bias"], free["bias"] - 0.01 * 0.1 * parameters()["bias"], rtol=1e-5
    )


def test_a_rate_divided_by_the_root_makes_the_steps_of_the_ntk_parametrisation():
    root, rate, decay = 3.0, 0.02, 0.1
    ours = run(
        make("adamw", rate, {**NUMBERS, "weight_decay": decay},
             {"kernel": Pace(rate=1 / root, decay=root), "bias": Pace(decay=0.0)}),
        5,
    )  # fmt: skip
    theirs = optax.adamw(rate, b1=0.9, b2=0.999, weight_decay=decay, mask=is_matrix)
    # The kernel is `unit / root`, and `unit` is what the optimizer sees.
    unit = {**parameters(), "kernel": parameters()["kernel"] * root}
    state = theirs.init(unit)
    for _ in range(5):
        slopes = jax.grad(lambda p: loss({**p, "kernel": p["kernel"] / root}))(unit)
        updates, state = theirs.update(slopes, state, unit)
        unit = optax.apply_updates(unit, updates)
    np.testing.assert_allclose(ours["kernel"], unit["kernel"] / root, atol=1e-5)
