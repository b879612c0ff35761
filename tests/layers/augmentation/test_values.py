"""Light, noise and hiding: what happens to values that stay in their place."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.layers.augmentation import Augmentation
from ranvier.layers.augmentation import augment as eager
from ranvier.layers.augmentation.noise import add_noise

augment = jax.jit(eager, static_argnums=0)  # one compilation, not one for each operation
KEY = jax.random.key(5)


def changed(pictures, **choice):
    return np.asarray(augment(Augmentation(**choice), pictures, KEY)[0])


def test_brightness_adds_one_number_per_picture(pictures):
    added = changed(pictures, brightness=0.5) - np.asarray(pictures)
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-5
    assert -0.5 <= added.min() < -0.4
    assert 0.4 < added.max() <= 0.5


def test_contrast_keeps_the_mean_and_scales_the_rest(pictures):
    before, after = np.asarray(pictures), changed(pictures, contrast=0.5)
    np.testing.assert_allclose(after.mean(axis=(1, 2, 3)), before.mean(axis=(1, 2, 3)), atol=1e-5)
    factors = after.std(axis=(1, 2, 3)) / before.std(axis=(1, 2, 3))
    assert 0.5 <= factors.min() < 0.6
    assert 1.4 < factors.max() <= 1.5


def test_saturation_keeps_grey_and_scales_colour(pictures):
    before, after = np.asarray(pictures), changed(pictures, saturation=0.5)
    grey = before.mean(axis=3, keepdims=True)
    np.testing.assert_allclose(after.mean(axis=3, keepdims=True), grey, atol=1e-6)
    factors = (after - grey).std(axis=(1, 2, 3)) / (before - grey).std(axis=(1, 2, 3))
    assert 0.5 <= factors.min() < 0.6
    assert 1.4 < factors.max() <= 1.5


def test_noise_is_gaussian_and_independent():
    zeros = jnp.zeros((2, 1000, 500))
    noise = np.asarray(add_noise(zeros, 0.5, KEY), np.float64) / 0.5
    count = noise.size
    assert abs(noise.mean()) < 5 / count**0.5
    assert abs(noise.var() - 1) < 5 * (2 / count) ** 0.5
    assert abs((noise**3).mean()) < 5 * (15 / count) ** 0.5
    assert abs((noise**4).mean() - 3) < 5 * (96 / count) ** 0.5
    assert 4 < np.abs(noise).max() < 5.5
    other = np.asarray(add_noise(zeros, 0.5, jax.random.key(6)), np.float64) / 0.5
    flat = noise.ravel()
    for lag in (1, 2, 3, 28, 500, 512, 1024):
        assert abs((flat[lag:] * flat[:-lag]).mean()) < 5 / count**0.5
    assert abs((noise * other).mean()) < 5 / count**0.5
    assert abs((noise[0] * noise[1]).mean()) < 5 / (count / 2) ** 0.5


def test_noise_of_near_keys_is_independent():
    zeros = jnp.zeros((1, 100_000))
    keys = [jax.random.fold_in(KEY, step) for step in range(6)]
    noises = np.stack([np.asarray(add_noise(zeros, 1.0, key))[0] for key in keys])
    correlations = np.corrcoef(noises) - np.eye(6)
    assert np.abs(correlations).max() < 5 / 100_000**0.5


def test_cutout_hides_one_square_that_may_pass_the_border():
    ones = jnp.ones((2000, 16, 12, 2))
    hidden = changed(ones, cutout=0.25) == 0  # 4 by 3 pixels
    assert (hidden[..., 0] == hidden[..., 1]).all()
    rows, columns = hidden[..., 0].any(axis=2), hidden[..., 0].any(axis=1)
    assert set(rows.sum(axis=1)) == {2, 3, 4}
    assert set(columns.sum(axis=1)) == {2, 3}
    area = rows.sum(axis=1) * columns.sum(axis=1)
    np.testing.assert_array_equal(hidden[..., 0].sum(axis=(1, 2)), area)  # a rectangle
    assert np.abs(np.diff(rows.astype(int), axis=1)).sum(axis=1).max() <= 2  # without gaps
    assert rows.any(axis=0).all()
    assert columns.any(axis=0).all()


@pytest.mark.parametrize(("name", "axis"), [("mask_frequency", 1), ("mask_time", 2)])
def test_masks_hide_whole_bands_and_frames(name, axis):
    ones = jnp.ones((2000, 20, 30, 1))
    side = ones.shape[axis]
    hidden = changed(ones, **{name: 0.2})[..., 0] == 0  # (2000, 20, 30)
    other = 3 - axis
    assert (hidden.all(axis=other) == hidden.any(axis=other)).all()
    places = hidden.all(axis=other)
    lengths, counts = np.unique(places.sum(axis=1), return_counts=True)
    np.testing.assert_array_equal(lengths, np.arange(0.2 * side + 1))
    assert counts.min() > 0.6 * counts.max()  # uniform
    assert np.abs(np.diff(places.astype(int), axis=1)).sum(axis=1).max() <= 2
