"""Shift, flip, rotation, scale and crop: where pixels go, and masks with them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ranvier.layers.augmentation import Augmentation
from ranvier.layers.augmentation import augment as eager
from ranvier.layers.augmentation.draws import COLUMNS
from ranvier.layers.augmentation.geometry import move

augment = jax.jit(eager, static_argnums=0)  # one compilation, not one for each operation
KEY = jax.random.key(3)


def moved(picture, choice, **draws):
    """One picture by given numbers; one half is no change, and no flip."""
    numbers = {name: np.float32(draws.get(name, 0.5)) for name in COLUMNS}
    compiled = jax.jit(move, static_argnums=0)
    return np.asarray(compiled(Augmentation(**choice), numbers, (jnp.asarray(picture),))[0])


@pytest.mark.parametrize("also", [{}, {"rotate": 1e-9}])  # whole pixels, and between pixels
@pytest.mark.parametrize(("down", "right"), [(0, 0), (1, 0), (-2, 1), (2, -3)])
def test_a_shift_moves_each_pixel_and_repeats_the_border(numbered, also, down, right):
    picture = np.asarray(numbered[0])  # (5, 7, 2): 0.4 of the sides are 2 and 3 pixels
    out = moved(
        picture,
        {"shift": 0.4, **also},
        shift_rows=(down + 2.5) / 5,
        shift_columns=(right + 3.5) / 7,
    )
    padded = np.pad(picture, ((3, 3), (3, 3), (0, 0)), mode="edge")
    np.testing.assert_array_equal(out, padded[3 - down : 8 - down, 3 - right : 10 - right])


@pytest.mark.parametrize("also", [{}, {"rotate": 1e-9}])
@pytest.mark.parametrize(
    ("flip", "rows", "columns"),
    [("horizontal", 1, -1), ("vertical", -1, 1), ("both", -1, -1), ("none", 1, 1)],
)
def test_flips(numbered, also, flip, rows, columns):
    picture = np.asarray(numbered[0])
    out = moved(picture, {"flip": flip, **also}, flip_rows=0.1, flip_columns=0.1)
    np.testing.assert_array_equal(out, picture[::rows, ::columns])


def test_a_quarter_turn(numbered):
    square = np.asarray(numbered[0])[:, :5]
    turned = moved(square, {"rotate": 90}, angle=1.0)
    np.testing.assert_allclose(turned, np.rot90(square), atol=1e-3)
    turned = moved(square, {"rotate": 90}, angle=0.0)
    np.testing.assert_allclose(turned, np.rot90(square, -1), atol=1e-3)


def test_scale_and_crop_on_a_ramp():
    ramp = jnp.broadcast_to(jnp.arange(21.0)[None, :, None], (21, 21, 1))
    larger = moved(ramp, {"scale": 0.5}, scale=1.0)[3, :, 0]
    np.testing.assert_allclose(larger, 10 + np.arange(-10, 11) / 1.5, atol=1e-5)
    smaller = moved(ramp, {"scale": 0.5}, scale=0.0)[3, :, 0]
    np.testing.assert_allclose(smaller, np.clip(10 + np.arange(-10, 11) * 2, 0, 20), atol=1e-5)
    # A quarter of the area, in equal proportions, at the right: the last half of the columns.
    cut = moved(ramp, {"crop": 0.25}, crop_area=0.0, crop_column=1.0)[3, :, 0]
    np.testing.assert_allclose(cut, 10 + np.arange(-10, 11) * 0.5 + 0.25 * 21, atol=0.26)
    assert cut[0] > 9.9


def test_a_crop_stays_inside_and_keeps_its_area():
    """Rows and columns carry their own position, so the sources can be read off the result."""
    side, rows = 41, 512
    grid = jnp.stack(jnp.meshgrid(jnp.arange(side), jnp.arange(side), indexing="ij"), axis=-1)
    grids = jnp.broadcast_to(grid.astype(jnp.float32)[None], (rows, side, side, 2))
    out = np.asarray(augment(Augmentation(crop=0.3), grids, KEY)[0])
    middle = slice(10, 31)  # away from the border, where sources were clipped
    tall = np.diff(out[:, middle, 20, 0], axis=1).mean(axis=1)
    wide = np.diff(out[:, 20, middle, 1], axis=1).mean(axis=1)
    assert tall.max() <= 1.0001
    assert wide.max() <= 1.0001
    area = tall * wide
    assert 0.299 < area.min() < 0.32
    assert 0.95 < area.max() <= 1.0001
    assert 0.74 < (tall / wide).min() < 0.85
    assert 1.2 < (tall / wide).max() < 1.34


def test_every_shift_is_equally_likely():
    rows = 4000
    steps = jnp.broadcast_to(jnp.arange(20.0)[None, :, None, None], (rows, 20, 1, 1))
    out = np.asarray(augment(Augmentation(shift=0.1, flip="none"), steps, KEY)[0])
    shifts, counts = np.unique(10 - out[:, 10, 0, 0], return_counts=True)
    np.testing.assert_array_equal(shifts, [-2, -1, 0, 1, 2])
    assert np.abs(counts / rows - 0.2).max() < 5 * np.sqrt(0.16 / rows)


CHOICES = [
    {"shift": 0.2, "flip": "both"},
    {"shift": 0.2, "flip": "both", "crop": 0.4, "rotate": 40, "scale": 0.3},
]


@pytest.mark.parametrize("choice", CHOICES)
def test_masks_move_with_their_images(pictures, choice):
    choice = Augmentation(**choice)
    images, same = augment(choice, pictures, KEY, pictures)
    np.testing.assert_array_equal(images, same)
    assert (images != pictures).any()
    # Classes: where the nearest pixel's number says which class it is, never a mixture.
    classes = jnp.asarray(np.random.default_rng(1).choice([0, 5, 9], pictures.shape[:3]), jnp.uint8)
    _, moved = augment(choice, pictures, KEY, classes)
    assert moved.dtype == jnp.uint8
    assert moved.shape == classes.shape
    assert set(np.unique(moved)) == {0, 5, 9}


@pytest.mark.parametrize("choice", CHOICES)
def test_a_class_mask_follows_the_object(choice):
    """Images that are their own masks: the class is 1 where the image is nearer to 1."""
    yy, xx = np.mgrid[:32, :32]
    disc = ((yy - 12) ** 2 + (xx - 18) ** 2 < 49).astype(np.float32)
    images = jnp.broadcast_to(jnp.asarray(disc)[None, :, :, None], (32, 32, 32, 1))
    out, mask = augment(Augmentation(**choice), images, KEY, images[..., 0] > 0.5)
    agree = (np.asarray(out[..., 0]) > 0.5) == np.asarray(mask)
    assert mask.dtype == bool
    assert agree.mean() > 0.97
