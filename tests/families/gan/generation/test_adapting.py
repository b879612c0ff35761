import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.families.gan.generation.adapting import MOST, PICTURES, TARGET, Adaptive, changed

PICTURES_IN = jax.random.uniform(jax.random.key(0), (64, 8, 10, 2), minval=-1.0)


def test_nothing_is_changed_at_first():
    np.testing.assert_allclose(Adaptive()(PICTURES_IN, jax.random.key(1)), PICTURES_IN, atol=1e-6)


def test_as_many_pictures_are_changed_as_the_probability_says():
    half = changed(PICTURES_IN, jnp.float32(0.5), jax.random.key(1))
    same = np.isclose(half, PICTURES_IN, atol=1e-5).all(axis=(1, 2, 3)).mean()
    assert 0.02 < same < 0.35  # none of three changes, each at one half
    every = changed(PICTURES_IN, jnp.float32(1.0), jax.random.key(1))
    assert not np.isclose(every, PICTURES_IN, atol=1e-5).all(axis=(1, 2, 3)).any()


def test_gradients_reach_the_pictures():
    def total(pictures):
        return jnp.sum(changed(pictures, jnp.float32(0.8), jax.random.key(2)))

    slopes = jax.grad(total)(PICTURES_IN)
    assert bool(jnp.isfinite(slopes).all())
    assert float((slopes != 0).mean()) > 0.4


@pytest.mark.parametrize(("lead", "up"), [(1.0, True), (-1.0, False)])
def test_the_probability_follows_the_lead_of_the_critic(lead, up):
    changes = Adaptive()
    changes.probability[...] = jnp.float32(0.4)
    changes.follow(jnp.full(50, lead), jnp.zeros(50))
    step = 50 / PICTURES
    assert float(changes.probability[...]) == pytest.approx(0.4 + (step if up else -step))


def test_the_probability_stays_in_its_bounds():
    changes = Adaptive()
    changes.follow(jnp.zeros(PICTURES), jnp.ones(PICTURES))
    assert float(changes.probability[...]) == 0.0
    changes.follow(jnp.ones(PICTURES), jnp.zeros(PICTURES))
    assert float(changes.probability[...]) == pytest.approx(MOST)
    assert 0 < TARGET < 1
