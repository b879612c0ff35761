import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from ranvier.layers.bicubic import enlarged, reduced

FLOWER = np.ascontiguousarray(load_sample_image("flower.jpg")[100:196, 200:320])  # (96, 120, 3)


def resized(picture, size):
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_reduced_is_pillows_bicubic(factor):
    small = np.asarray(reduced(jnp.asarray(FLOWER[None]), factor))[0]
    expected = resized(FLOWER, (120 // factor, 96 // factor)).astype(np.float32)
    assert small.shape == expected.shape
    assert np.abs(small - expected).max() <= 1
    assert np.mean(small != expected) < 0.01


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_enlarged_is_pillows_bicubic_within_and_up_to_rounding(factor):
    small = FLOWER[:40, :50]
    large = np.asarray(enlarged(jnp.asarray(small[None], jnp.float32), factor))[0]
    expected = resized(small, (50 * factor, 40 * factor)).astype(np.float32)
    edge = 3 * factor
    inner = slice(edge, -edge)
    assert large.shape == expected.shape
    off = np.abs(np.clip(large, 0, 255) - expected)
    assert off[inner, inner].max() <= 1.5
    assert off.max() <= 8  # at the edge Pillow takes fewer pixels, and here the edge repeats


def test_a_plain_picture_stays_what_it_is():
    plain = jnp.full((1, 12, 12, 1), 77.0)
    np.testing.assert_allclose(enlarged(plain, 3), 77.0, rtol=1e-6)
    np.testing.assert_array_equal(reduced(plain, 3), 77.0)
