import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.gan.generation.diversity import diversity, remark, spread

REAL = jax.random.normal(jax.random.key(0), (32, 6, 6, 1))


def test_the_distance_is_to_the_nearest_other_picture():
    points = jnp.array([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0]])
    np.testing.assert_allclose(spread(points), (1 + 1 + 3) / 3, rtol=1e-6)


def test_other_pictures_of_the_same_kind_are_as_diverse():
    made = jax.random.normal(jax.random.key(1), REAL.shape)
    assert 0.9 < float(diversity(made, REAL)) < 1.1


def test_one_picture_for_all_noise_is_a_collapse_and_so_are_few():
    assert float(diversity(jnp.repeat(REAL[:1], 32, axis=0), REAL)) < 0.01
    assert float(diversity(jnp.tile(REAL[:8], (4, 1, 1, 1)), REAL)) < 0.01


def test_equal_real_pictures_do_not_divide_by_zero():
    assert np.isfinite(float(diversity(REAL, jnp.zeros_like(REAL))))


def test_a_collapse_is_said_once_it_lasts_and_always_in_the_same_words():
    history = [{"diversity": share} for share in (0.9, 0.1, 0.8, 0.2, 0.1, 0.05)]
    assert remark(history[:5]) is None
    said = remark(history)
    assert said is not None
    assert "collapsed: in epoch 6" in said
    assert "5%" in said
    assert remark([*history, {"diversity": 0.02}]) == said
    assert remark([{"loss": 1.0}] * 5) is None
