"""Transposed convolutions in every form: values and gradients equal XLA's own."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jax import lax

from ranvier.layers.convolution import TransposedConvolution, convolve_transposed
from ranvier.layers.convolution.forms import form_of
from ranvier.layers.convolution.geometry import Geometry
from tests.layers.convolutions import HURRY, arrays, assert_same, with_gradients


def _reference(x, kernel, *, strides=2):
    rank = x.ndim - 2
    numbers = ("NHWC", "HWIO", "NHWC") if rank == 2 else ("NTC", "TIO", "NTC")
    return lax.conv_transpose(
        x,
        kernel,
        (strides,) * rank if isinstance(strides, int) else strides,
        "SAME",
        dimension_numbers=numbers,
        transpose_kernel=True,
    )


# Each an image (H, W, C), the taps and outputs of a kernel, and strides.
IMAGES = [
    ((3, 4, 5), (3, 3, 4), 2),
    ((3, 4, 5), (4, 4, 1), 2),
    ((4, 4, 16), (4, 4, 16), 2),
    ((3, 5, 5), (5, 5, 4), 2),
    ((3, 4, 5), (2, 2, 4), 2),
    ((3, 4, 5), (3, 4, 2), (1, 3)),
    ((4, 3, 5), (3, 3, 2), 1),
]
SIGNALS = [((5, 3), (4, 2), 2), ((4, 3), (5, 2), 3)]


def _made(example, kernel):
    return arrays(0, (2, *example), (*kernel, example[-1]))


@pytest.mark.parametrize(("example", "kernel", "strides"), IMAGES + SIGNALS)
def test_values_and_gradients(example, kernel, strides):
    x, k = _made(example, kernel)
    found = with_gradients(partial(convolve_transposed, strides=strides), x, k)
    assert_same(found, with_gradients(partial(_reference, strides=strides), x, k))
    assert found[0].shape[1:-1] == tuple(
        n * s for n, s in zip(example, np.broadcast_to(strides, len(example) - 1), strict=False)
    )


@pytest.mark.parametrize("form", ["direct", "patches", "winograd_strided"])
@pytest.mark.parametrize("size", [(4, 6), (3, 5), (7, 2)])
def test_each_form_by_force_and_its_gradients_of_gradients(form, size):
    x, k = _made((*size, 3), (4, 4, 2))
    ours = partial(convolve_transposed, form=form)
    assert_same(with_gradients(ours, x, k), with_gradients(_reference, x, k))

    def penalty(transposed, x, k):
        slopes = jax.grad(lambda *a: jnp.tanh(transposed(*a) / 8).sum(), (0, 1))(x, k)
        return sum(jnp.square(slope).sum() for slope in slopes)

    def of(transposed):
        gradients = jax.value_and_grad(partial(penalty, transposed), (0, 1))
        return jax.jit(gradients, compiler_options=HURRY)(x, k)

    assert_same(of(ours), of(_reference))


@pytest.mark.parametrize("form", ["patches", "winograd_strided"])
def test_in_a_loop_and_over_many_networks(form):
    x, k = arrays(2, (2, 3, 4, 4), (4, 4, 4, 2, 4))

    def descend(transposed, k, x):
        def step(k, _):
            return k - 0.01 * jax.grad(lambda k: (transposed(x, k) ** 2).sum())(k), None

        return jax.lax.scan(step, k, None, length=3)[0]

    ours = partial(descend, partial(convolve_transposed, form=form))
    found = jax.jit(jax.vmap(ours, (0, None)), compiler_options=HURRY)(k, x)
    theirs = jax.jit(partial(descend, _reference), compiler_options=HURRY)
    assert_same(found, jnp.stack([theirs(one, x) for one in k]), 1e-4)


def test_the_rule():
    """Winograd's where it gains; no convolution of XLA's on a CPU."""

    def chosen(size, platform="cpu", dtype="float32", channels=16):
        geometry = Geometry((2, 2), ((1, 1), (1, 1)))
        image = (8, 2 * size, 2 * size, channels)
        return form_of(platform, image, (4, 4, channels, 16), geometry, dtype)

    assert chosen(2) == chosen(3) == chosen(7) == "winograd_strided"
    assert chosen(1) == chosen(7, dtype="bfloat16") == chosen(7, channels=8) == "patches"
    assert chosen(7, "gpu") == "direct"
    x, k = arrays(3, (2, 5, 3, 16), (4, 4, 16, 16))
    program = jax.make_jaxpr(jax.grad(lambda *a: convolve_transposed(*a).sum(), (0, 1)))(x, k)
    assert "conv_general_dilated" not in str(program)
    assert str(program).count("dot_general") == 3 * 4 * 4  # points of both axes, for each map


def test_what_does_not_fit():
    x, k = arrays(6, (2, 4, 4, 3), (4, 4, 3, 2))
    with pytest.raises(ValueError, match=r"got \(2, 4, 4, 3\) with \(4, 4, 3, 2\)"):
        convolve_transposed(x, k)


def test_layer():
    layer = TransposedConvolution(3, 8, (4, 4), rngs=nnx.Rngs(0))
    (x,) = arrays(7, (2, 3, 5, 3))
    layer.bias[...] = jnp.arange(8.0)
    expected = _reference(x, layer.kernel[...]) + jnp.arange(8.0).reshape(1, 1, 1, 8)
    assert_same(layer(x), expected)
    signal = TransposedConvolution(6, 4, (5,), strides=3, use_bias=False, rngs=nnx.Rngs(0))
    assert signal.kernel.shape == (5, 4, 6)
    assert set(nnx.to_pure_dict(nnx.state(signal))) == {"kernel"}
    assert signal(jnp.zeros((2, 7, 6))).shape == (2, 21, 4)


def test_a_fresh_layer_keeps_the_size_of_what_comes_out_of_a_relu():
    (x,) = arrays(8, (64, 6, 6, 64))
    x = jax.nn.relu(x)
    layer = TransposedConvolution(64, 64, (4, 4), rngs=nnx.Rngs(1))
    y = jax.nn.relu(layer(x))[:, 2:-2, 2:-2]  # away from the edges
    assert 0.7 < float(jnp.square(y).mean() / jnp.square(x).mean()) < 1.4
