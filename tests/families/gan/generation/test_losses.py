import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.families.gan.generation.losses import (
    CRITIC,
    GENERATOR,
    between,
    squared_slopes,
)

REAL, MADE = jnp.array([0.5, 2.0]), jnp.array([-0.25, 3.0])
SOFT = {x: float(np.log1p(np.exp(x))) for x in (-0.75, 1.0, 0.75, -1.0)}


@pytest.mark.parametrize(
    ("name", "critic", "generator"),
    [
        ("r3gan", [SOFT[-0.75], SOFT[1.0]], [SOFT[0.75], SOFT[-1.0]]),
        ("hinge", [0.75 + 0.5, 4.0 + 0.0], [0.25, -3.0]),
        ("wgan_gp", [-0.75, 1.0], [0.25, -3.0]),
    ],
)
def test_losses_are_those_of_their_papers(name, critic, generator):
    np.testing.assert_allclose(CRITIC[name](REAL, MADE), critic, rtol=1e-6)
    np.testing.assert_allclose(GENERATOR[name](REAL, MADE), generator, rtol=1e-6)


def test_dcgan_is_the_cross_entropy_of_both_kinds():
    chance = jax.nn.sigmoid
    np.testing.assert_allclose(
        CRITIC["dcgan"](REAL, MADE), -jnp.log(chance(REAL)) - jnp.log1p(-chance(MADE)), rtol=1e-5
    )
    np.testing.assert_allclose(GENERATOR["dcgan"](REAL, MADE), -jnp.log(chance(MADE)), rtol=1e-5)


def test_slopes_are_those_of_each_picture():
    weights = jnp.arange(12.0).reshape(1, 2, 3, 2)

    def critic(pictures, classes):
        return jnp.sum(jnp.square(pictures) * weights, axis=(1, 2, 3)) * classes

    pictures = jax.random.normal(jax.random.key(0), (3, 2, 3, 2))
    classes = jnp.array([1.0, -2.0, 3.0])
    wanted = jnp.sum((2 * pictures * weights * classes[:, None, None, None]) ** 2, (1, 2, 3))
    np.testing.assert_allclose(squared_slopes(critic, pictures, classes), wanted, rtol=1e-5)


def test_places_between_lie_on_the_line():
    real, made = jnp.ones((5, 2, 2, 1)), jnp.full((5, 2, 2, 1), 3.0)
    places = np.asarray(between(real, made, jax.random.key(1)))
    assert places.min() >= 1.0
    assert places.max() <= 3.0
    shares = places[:, 0, 0, 0]
    assert (places == shares[:, None, None, None]).all()  # one place for all pixels
    assert len(set(shares.tolist())) == 5
