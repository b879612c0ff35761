"""The two-player step, shown by a tiny adversarial pair."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.training import loop, mesh
from ranvier.training.blueprint import blueprint_of
from ranvier.training.feeds import ArrayRows, HostFeed
from ranvier.training.learner import Context, Player
from ranvier.training.plan import make_plan
from ranvier.training.state import initialise
from ranvier.training.step import make_step, metric_names
from tests.training import adversarial as pair

METRICS = ("discriminator_loss", "generator_loss")
ROWS = 32
# What is compiled here runs a few steps only.
QUICK = {"xla_backend_optimization_level": 0}


def jit(function):
    return jax.jit(function, compiler_options=QUICK)


def batch() -> dict:
    return {"inputs": {"points": jnp.array(pair.points(ROWS))}, "weights": jnp.ones(ROWS)}


def fresh(learner, seed=0):
    blueprint = blueprint_of(learner.build)
    return jit(lambda s: initialise(learner, blueprint, METRICS, s))(jnp.uint32(seed))


def train(rows=512, epochs=200, **settings):
    learner = pair.learner(schedule="cosine")
    here = mesh.choose(None, 128)
    feed = HostFeed(ArrayRows({"inputs": {"points": pair.points(rows)}}), here)
    plan = make_plan(rows, 128, epochs, 0, chunk_steps=64)
    numbers = pair.numbers(
        total_steps=plan.total_steps, steps_per_epoch=plan.steps_per_epoch, **settings
    )
    return loop.train(learner, feed, plan, numbers, mesh=here)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_pair_learns_the_mean_of_a_gaussian(seed):
    outcome = train(seed=seed)
    network = blueprint_of(pair.build).assemble(outcome.parameters, outcome.variables)
    made = network.generator(jax.random.normal(jax.random.key(9), (2000, pair.NOISE)))
    np.testing.assert_allclose(made.mean(axis=0), pair.MEAN, atol=0.25)
    assert set(METRICS) < set(outcome.history[-1])
    assert len(outcome.history) == 200
    assert outcome.best_epoch == 0  # nobody judges


def test_each_player_moves_only_its_own_parameters():
    learner = pair.learner(optimizer="sgd")
    before = fresh(learner)
    for player in learner.players:
        alone = pair.Learner(pair.build, (player,), optimizer="sgd")
        state = {**before, "sums": {f"{player.name}_loss": jnp.float32(0)}}
        step = jit(make_step(alone, blueprint_of(pair.build)))
        after = step(state, batch(), pair.numbers())
        for path, value in before["parameters"].items():
            moved = not np.array_equal(value, after["parameters"][path])
            if not player.owns(path):
                assert not moved, path
            elif "first/bias" not in path or player.name == "discriminator":
                # A bias in front of a batch normalisation has no gradient but rounding.
                assert moved, path


def test_one_step_is_plain_gradient_descent_by_each_in_turn():
    """By hand: the discriminator's gradient first, then the generator's against what it became."""
    rate = 0.1
    learner = pair.learner(optimizer="sgd")
    blueprint, before = blueprint_of(pair.build), fresh(learner)
    numbers = pair.numbers(learning_rate=rate, momentum=0.0)
    after = jit(make_step(learner, blueprint))(before, batch(), numbers)

    parameters, variables = dict(before["parameters"]), before["variables"]
    key = jax.random.fold_in(jax.random.fold_in(jax.random.key(jnp.uint32(0)), 1), 0)
    for number, player in enumerate(learner.players):
        context = Context(numbers, jnp.float32(0), jax.random.fold_in(key, number))

        def loss(p, player=player, context=context, variables=variables):
            network = blueprint.assemble(p, variables, settings=numbers, key=context.key)
            return player.loss(network, batch(), context)[0], blueprint.take_apart(network)[1]

        slopes, variables = jit(jax.grad(loss, has_aux=True))(parameters)
        for path in parameters:
            if path.split("/")[0] == player.name:
                parameters[path] = parameters[path] - rate * slopes[path]
    for path, value in parameters.items():
        np.testing.assert_allclose(after["parameters"][path], value, atol=1e-6)
    for path, value in variables.items():
        np.testing.assert_allclose(after["variables"][path], value, atol=1e-6)


def test_each_player_has_an_optimizer_of_its_own():
    state = fresh(pair.learner())
    assert set(state["optimizers"]) == {"discriminator", "generator"}
    for player in pair.PLAYERS:
        moments = [leaf for leaf in jax.tree.leaves(state["optimizers"][player.name]) if leaf.ndim]
        mine = [v for path, v in state["parameters"].items() if player.owns(path)]
        assert len(moments) == 2 * len(mine)


def test_batch_statistics_change_and_the_rest_of_the_state_keeps_its_shape():
    learner = pair.learner(averages=True, clips=True)
    before = fresh(learner)
    step = jit(make_step(learner, blueprint_of(pair.build)))
    after = step(before, batch(), pair.numbers())
    assert before["variables"]
    for path, value in before["variables"].items():
        assert not np.array_equal(value, after["variables"][path]), path
    shape = lambda tree: jax.tree.map(lambda a: (jnp.shape(a), jnp.asarray(a).dtype), tree)  # noqa: E731
    assert shape(before) == shape(after)
    assert int(after["step"]) == 1


def test_four_settings_at_once_are_the_four_single_runs():
    """vmap over learning rates and seeds. XLA batches the products, so equal up to rounding."""
    learner = pair.learner(optimizer="sgd")
    blueprint, rows = blueprint_of(pair.build), batch()
    step = make_step(learner, blueprint)
    rates, seeds = jnp.array([1e-3, 3e-3, 1e-2, 3e-2]), jnp.arange(4, dtype=jnp.uint32)

    def run(rate, seed):
        numbers = {**pair.numbers(), "learning_rate": rate, "seed": seed}
        state = initialise(learner, blueprint, METRICS, seed)
        return jax.lax.fori_loop(0, 10, lambda _, s: step(s, rows, numbers), state)["parameters"]

    together = jit(jax.vmap(run))(rates, seeds)
    single = jit(run)
    for n in range(4):
        alone = single(rates[n], seeds[n])
        for path, value in alone.items():
            np.testing.assert_allclose(together[path][n], value, rtol=1e-5, atol=1e-6)
    spread = np.std(together["generator/last/kernel"], axis=0)
    assert (spread > 0).all()  # the four are four different runs


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_player_that_owns_nothing_of_that_name_owns_no_prefix_of_it(name):
    player = pair.Player("p", pair.generate, ("fir",))
    assert not player.owns(f"{name}/kernel")
    assert pair.Player("p", pair.generate).owns(f"{name}/kernel")


def _from_points(batch):
    points = batch["inputs"]["points"]
    return jnp.concatenate([points, -points], axis=1)  # (rows, NOISE)


def _made(network, batch, context):
    return {"made": network.generator(_from_points(batch))}


def _tell(network, batch, context):
    made = batch["made"] if "made" in batch else _made(network, batch, context)["made"]
    scores = network.discriminator(batch["inputs"]["points"]), network.discriminator(made)
    loss = jnp.mean(jax.nn.softplus(-scores[0])) + jnp.mean(jax.nn.softplus(scores[1]))
    return loss, {"discriminator_loss": loss}


def _fool(network, batch, context):
    made = batch["made"] if "made" in batch else _made(network, batch, context)["made"]
    own = sum(jnp.square(p[...]).sum() for p in jax.tree.leaves(nnx.state(network.generator.last)))
    loss = jnp.mean(jax.nn.softplus(-network.discriminator(made))) + 0.01 * own
    return loss, {"generator_loss": loss}


def test_what_a_player_makes_for_all_is_made_once_and_its_gradient_comes_back():
    """As if each had made it: it does not change before its maker moves."""

    def learner(makes):
        players = (
            Player("discriminator", _tell, ("discriminator",)),
            Player("generator", _fool, ("generator",), makes),
        )
        return pair.Learner(pair.build, players, optimizer="sgd")

    blueprint = blueprint_of(pair.build)
    found, expected = (
        jit(make_step(some, blueprint))(fresh(some), batch(), pair.numbers(learning_rate=0.1))
        for some in (learner(_made), learner(None))
    )
    for part in ("parameters", "sums", "norms"):
        jax.tree.map(partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-6), found[part],
                     expected[part])  # fmt: skip
    # The batch statistics moved once, and not once for each player.
    mean = blueprint.assemble(fresh(learner(None))["parameters"], expected["variables"])
    first = mean.generator.first(_from_points(batch())).mean(axis=0)
    np.testing.assert_allclose(found["variables"]["generator/norm/mean"], 0.1 * first, rtol=1e-5)
    names = metric_names(learner(_made), blueprint, batch(), pair.numbers())
    assert set(names) == set(METRICS)
