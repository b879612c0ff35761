"""The whole: off, seeds, compiled, kinds of input, and what stays untouched."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.errors import HyperparameterError
from ranvier.layers.augmentation import Augmentation
from ranvier.layers.augmentation import augment as eager

augment = jax.jit(eager, static_argnums=0)  # one compilation, not one for each operation
KEY = jax.random.key(7)
EACH = {
    "shift": 0.2,
    "flip": "both",
    "crop": 0.5,
    "rotate": 30,
    "scale": 0.2,
    "cutout": 0.4,
    "brightness": 0.3,
    "contrast": 0.3,
    "saturation": 0.3,
    "noise": 0.1,
    "mask_time": 0.4,
    "mask_frequency": 0.4,
}
ALL = Augmentation(**EACH)


def test_off_gives_back_what_came(pictures):
    masks = jnp.zeros(pictures.shape[:3], jnp.int32)
    for off in (Augmentation(), Augmentation(mixup=0.2)):
        images, same = eager(off, pictures, KEY, masks)
        assert images is pictures
        assert same is masks


@pytest.mark.parametrize("name", EACH)
def test_each_changes_rows_by_their_own_amounts_and_repeats(pictures, name):
    same = jnp.broadcast_to(pictures[:1], pictures.shape)
    choice = Augmentation(**{name: EACH[name]})
    one, nothing = augment(choice, same, KEY)
    assert nothing is None
    assert one.shape == same.shape
    assert one.dtype == same.dtype
    assert len(np.unique(np.asarray(one).reshape(64, -1), axis=0)) >= 4
    np.testing.assert_array_equal(one, augment(choice, same, KEY)[0])
    assert (one != augment(choice, same, jax.random.key(8))[0]).any()


def test_a_change_draws_the_same_whatever_else_is_on(numbered):
    alone, _ = augment(Augmentation(shift=0.4), numbered, KEY)
    hidden, _ = augment(Augmentation(shift=0.4, cutout=0.4), numbered, KEY)
    seen = hidden != 0
    assert not seen.all()
    np.testing.assert_array_equal(alone[seen], hidden[seen])


def test_in_a_scan_and_under_vmap_it_is_the_same(pictures):
    pictures = pictures[:8]
    masks = jnp.arange(8 * 120, dtype=jnp.int32).reshape(8, 12, 10)
    plain = augment(ALL, pictures, KEY, masks)
    keys = jax.random.split(KEY, 3).at[1].set(KEY)

    def step(carry, key):
        return carry, eager(ALL, pictures, key, masks)

    scanned = jax.tree.map(lambda a: a[1], jax.lax.scan(step, 0, keys)[1])
    mapped = jax.jit(jax.vmap(lambda key: eager(ALL, pictures, key, masks)))(keys)
    for other in (scanned, jax.tree.map(lambda a: a[1], mapped)):
        np.testing.assert_allclose(other[0], plain[0], atol=2e-5)
        np.testing.assert_array_equal(other[1], plain[1])


def test_signals(pictures):
    signals = pictures.reshape(64, 40, 9)
    steps = jnp.broadcast_to(jnp.arange(40)[None], (64, 40))
    choice = Augmentation(shift=0.1, scale=0.2, noise=0.01, cutout=0.2)
    changed, moved = augment(choice, signals, KEY, steps)
    assert changed.shape == signals.shape
    hidden = np.asarray((changed == 0).all(axis=2))  # whole steps of all channels
    assert hidden.any(axis=1).all()
    assert set(hidden.sum(axis=1)) <= set(range(4, 9))
    shifts = np.asarray(moved)[:, 20] - 20
    assert set(shifts) == set(range(-4, 5))
    one, _ = augment(Augmentation(scale=0.2), signals, KEY)
    factors = np.asarray(one / signals)
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :1, :1], factors.shape), 1e-5)
    assert 0.8 <= factors.min() < 0.85
    assert 1.15 < factors.max() <= 1.2


def test_half_precision_stays(pictures):
    half = pictures.astype(jnp.bfloat16)
    assert augment(ALL, half, KEY)[0].dtype == jnp.bfloat16


def test_light_noise_and_hiding_leave_masks_alone(pictures):
    masks = pictures[..., :1]
    choice = Augmentation(
        brightness=0.5, contrast=0.5, noise=1, cutout=0.5, mask_time=0.5, saturation=0.5
    )
    images, same = augment(choice, pictures, KEY, masks)
    assert (images != pictures).any()
    np.testing.assert_array_equal(same, masks)


@pytest.mark.parametrize(
    ("choice", "shape", "said"),
    [
        ({"rotate": 5}, (2, 8, 3), "rotate is for pictures; signals can be changed by cutout"),
        ({"saturation": 0.1}, (2, 8, 8, 1), "pictures of 3 channels; these have 1"),
        ({"shift": 0.1}, (2, 8), "got float32 of shape \\(2, 8\\)"),
    ],
)
def test_what_does_not_go_together_is_refused(choice, shape, said):
    with pytest.raises(HyperparameterError, match=said):
        augment(Augmentation(**choice), jnp.zeros(shape), KEY)


def test_masks_of_another_size_are_refused():
    with pytest.raises(HyperparameterError, match=r"size \(2, 8, 8\); got \(2, 4, 4\)"):
        augment(Augmentation(shift=0.1), jnp.zeros((2, 8, 8, 1)), KEY, jnp.zeros((2, 4, 4)))
