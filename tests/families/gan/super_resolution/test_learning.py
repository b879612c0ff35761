import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from sklearn.datasets import load_sample_image

from ranvier.families.gan.super_resolution.judging import EnlargingCoder, EnlargingJudge
from ranvier.families.gan.super_resolution.learning import (
    BEGINS,
    AbsoluteError,
    CriticLoss,
    SharpError,
    risen,
    turned,
)
from ranvier.families.gan.super_resolution.network import SuperResolutionBuilder
from ranvier.tasks import SUPER_RESOLUTION
from ranvier.training.learner import Context

FLOWER = np.ascontiguousarray(load_sample_image("flower.jpg")[100:148, 200:248])
PATCHES = jnp.asarray(np.stack([FLOWER[:24, :24], FLOWER[24:, 24:]]))
BATCH = {"inputs": {"image": PATCHES}, "weights": jnp.ones(2)}


def networks(critic=8):
    shape = SuperResolutionBuilder(scale=2, channels=3, filters=4, blocks=1, critic_filters=critic)
    return shape(nnx.Rngs(0))


def at(progress):
    return Context({}, jnp.float32(progress), jax.random.key(3))


def slopes(loss, context, batch=BATCH):
    """The norm of the gradient in each part of the networks."""
    parts = networks()
    graph, state = nnx.split(parts, nnx.Param)
    found = jax.grad(lambda state: loss(nnx.merge(graph, state), batch, context)[0])(state)
    return {
        name: float(sum(jnp.sum(jnp.square(leaf)) for leaf in jax.tree.leaves(found[name])))
        for name in ("generator", "critic")
    }


def test_the_eight_symmetries_all_come_and_nothing_else():
    square = jnp.arange(9.0).reshape(1, 3, 3, 1).repeat(64, 0)
    found = {row.tobytes() for row in np.asarray(turned(square, jax.random.key(0)))}
    plain = np.arange(9, dtype=np.float32).reshape(3, 3)
    expected = {
        np.ascontiguousarray(np.rot90(view, turns)).tobytes()
        for view in (plain, plain[::-1])
        for turns in range(4)
    }
    assert found == expected


def test_the_absolute_error_counts_pixels_as_0_to_1_and_rows_by_their_weight():
    loss, metrics = AbsoluteError(2)(networks(), BATCH, at(0.0))
    assert 0.0 < loss < 0.1
    assert metrics == {"loss": loss}
    one = {**BATCH, "weights": jnp.array([2.0, 0.0])}
    other = {**BATCH, "weights": jnp.array([0.0, 2.0])}
    both = [AbsoluteError(2)(networks(), batch, at(0.0))[0] for batch in (one, other)]
    assert float(sum(both)) == pytest.approx(2 * float(loss), rel=1e-5)


def test_the_critic_stays_out_until_its_time():
    early, late = at(0.3), at(0.95)
    assert CriticLoss(2)(networks(), BATCH, early)[0] == 0.0
    plain = AbsoluteError(2)(networks(), BATCH, early)[0]
    np.testing.assert_allclose(SharpError(2, 0.1)(networks(), BATCH, early)[0], plain, rtol=1e-6)
    assert SharpError(2, 0.1)(networks(), BATCH, late)[0] > plain
    assert slopes(CriticLoss(2), early) == {"generator": 0.0, "critic": 0.0}


def test_each_loss_moves_its_own_part():
    late = at(0.95)
    assert slopes(CriticLoss(2), late)["generator"] == 0.0
    assert slopes(CriticLoss(2), late)["critic"] > 0.0
    assert slopes(SharpError(2, 1.0), late)["generator"] > 0.0


def test_the_weight_of_the_critic_rises_to_one():
    assert float(risen(jnp.float32(BEGINS))) == 0.0
    assert float(risen(jnp.float32(1.0))) == 1.0


def test_the_judge_finds_a_fresh_network_as_good_as_cubic_convolution():
    sums = EnlargingJudge(2).sums(networks(0), BATCH)
    np.testing.assert_allclose(sums["squares"], sums["squares_bicubic"], rtol=1e-4)
    row = {"loss": 1.0, "valid_squares": 1e-3, "valid_squares_bicubic": 1e-2, "valid_loss": 0.1}
    read = EnlargingCoder(SUPER_RESOLUTION, 3, (24, 24)).translate(row)
    assert read == {
        "loss": 1.0,
        "valid_loss": 0.1,
        "valid_psnr": pytest.approx(30.0),
        "valid_gain": pytest.approx(10.0),
    }
    assert EnlargingCoder(SUPER_RESOLUTION, 3).translate({"loss": 1.0}) == {"loss": 1.0}
