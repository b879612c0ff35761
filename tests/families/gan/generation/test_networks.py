import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.families.gan.generation.blocks import Spectral
from ranvier.families.gan.generation.builder import GenerationBuilder
from ranvier.layers.convolution import Convolution
from ranvier.training.blueprint import blueprint_of


def shape_of(image=(8, 8, 1), classes=3, *, residual=True, critic="none", filters=4):
    return GenerationBuilder(
        image, 0.0, 16.0, classes, 5, filters, residual, critic, adaptive=False
    )


def built():
    return shape_of()(nnx.Rngs(0))


@pytest.mark.parametrize("image", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (9, 14, 2), (20, 64, 4)])
@pytest.mark.parametrize("classes", [0, 3])
def test_any_size_and_any_number_of_channels(image, classes):
    shape = shape_of(image, classes)
    labels = jnp.array([0, 2]) if classes else None

    def sizes():  # nothing is computed
        networks = shape(nnx.Rngs(0))
        made = networks.made(jnp.ones((2, 5)), labels)
        scores = networks.critic(networks.inside(made), labels)
        return made, scores, networks({"image": made})

    made, scores, answers = jax.eval_shape(sizes)
    assert made.shape == (2, *image)
    assert scores.shape == (2,)
    assert answers.shape == (2, 1)
    assert shape.sides[0] == image[:2]
    assert min(shape.sides[-1]) <= 7


def test_stages_halve_down_to_seven_or_less():
    shape = shape_of((28, 28, 1))
    assert shape.sides == ((28, 28), (14, 14), (7, 7))
    assert shape.widths == (1, 4, 8)
    assert shape_of((64, 64, 3)).widths == (3, 4, 8, 16, 32)


def test_pictures_stay_in_their_range():
    networks = built()
    made = networks.made(100.0 * jnp.ones((2, 5)), jnp.array([0, 1]))
    assert 0 <= float(made.min()) <= float(made.max()) <= 16


def test_pixels_become_minus_one_to_one():
    networks = built()
    inside = networks.inside(jnp.array([[[[0.0], [16.0], [8.0]]]]))
    np.testing.assert_allclose(inside.ravel(), [-1, 1, 0], atol=1e-6)


def test_the_class_changes_the_picture_and_the_score():
    networks = built()
    noise = jnp.ones((2, 5))
    made = networks.generator(noise, jnp.array([0, 1]))
    assert float(jnp.abs(made[0] - made[1]).max()) > 1e-3
    twice = jnp.concatenate([made[:1], made[:1]])
    first, second = networks.critic(twice, jnp.array([0, 1]))
    assert float(abs(first - second)) > 1e-6
    best = networks.critic.of_any_class(twice)[0]
    each = networks.critic(jnp.repeat(made[:1], 3, axis=0), jnp.arange(3))
    np.testing.assert_allclose(best, each.max(), rtol=1e-5)


def test_the_textbook_network_is_dcgan():
    """For 28×28: dense to 7×7×128, two transposed convolutions; two strides, and one number."""
    shape = GenerationBuilder((28, 28, 1), 0, 255, 0, 100, 64, False, "batch", adaptive=False)
    sizes = {path: found.shape for path, found in blueprint_of(shape).parameters.items()}
    assert sizes["generator/dense/kernel"] == (100, 7 * 7 * 128)
    assert sizes["generator/doubling/0/kernel"] == (4, 4, 64, 128)
    assert sizes["generator/doubling/1/kernel"] == (4, 4, 1, 64)
    assert sizes["critic/halving/0/kernel"] == (4, 4, 1, 64)
    assert sizes["critic/halving/1/kernel"] == (4, 4, 64, 128)
    assert sizes["critic/head/kernel"] == (7 * 7 * 128, 1)
    assert {path for path in sizes if "norms" in path} == {
        f"{path}/{part}"
        for path in ("generator/norms/0", "generator/norms/1", "critic/norms/0")
        for part in ("scale", "bias")
    }


@pytest.mark.parametrize("kernel", [(3, 3), None])
def test_spectral_normalisation_divides_by_the_largest_singular_value(kernel):
    rngs = nnx.Rngs(0)
    if kernel:
        layer = Convolution(2, 6, kernel, use_bias=False, rngs=rngs)
        x = jax.random.normal(jax.random.key(1), (3, 4, 4, 2))
    else:
        layer = nnx.Linear(5, 6, use_bias=False, rngs=rngs)
        x = jax.random.normal(jax.random.key(1), (3, 5))
    divided = Spectral(layer, 6, rngs=rngs)
    plain = layer(x)
    for _ in range(50):
        y = divided(x)
    matrix = np.asarray(layer.kernel[...]).reshape(-1, 6)
    largest = np.linalg.svd(matrix, compute_uv=False)[0]
    np.testing.assert_allclose(y * largest, plain, rtol=1e-3, atol=1e-4)
    before = divided.left[...]
    divided.eval()
    divided(x)
    assert (divided.left[...] == before).all()
