"""Convolutions in every form: values and both gradients equal XLA's own."""

import importlib
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.layers.convolution import Convolution, convolve, form_of
from ranvier.layers.convolution.geometry import Geometry
from tests.layers.convolutions import HURRY, arrays, assert_same, reference, with_gradients


def _ramp(key, shape, dtype):
    """An initialiser without random numbers."""
    return jnp.linspace(-1.0, 1.0, int(np.prod(shape)), dtype=dtype).reshape(shape)


# Image (H, W, C), kernel (kh, kw, O), options, and the form that the rule takes on a CPU.
IMAGES = [
    ((6, 8, 5), (3, 3, 7), {}, "canonical"),
    ((6, 8, 32), (3, 3, 64), {}, "winograd"),
    ((7, 9, 32), (3, 3, 64), {}, "canonical"),
    ((1, 2, 32), (3, 3, 64), {}, "canonical"),
    ((7, 6, 5), (1, 1, 4), {}, "patches"),
    ((7, 6, 5), (1, 1, 4), {"strides": 2}, "patches"),
    ((7, 8, 5), (3, 3, 4), {"strides": 2}, "patches"),
    ((8, 8, 5), (3, 3, 4), {"strides": 2}, "patches"),
    ((14, 8, 16), (4, 4, 17), {"strides": 2}, "winograd_strided"),
    ((8, 11, 16), (4, 4, 16), {"strides": 2}, "winograd_strided"),
    ((11, 16, 16), (4, 4, 16), {"strides": 2, "padding": ((3, 0), (2, 4))}, "winograd_strided"),
    ((10, 11, 16), (4, 4, 16), {"strides": 2, "padding": "valid"}, "winograd_strided"),
    ((9, 8, 5), (4, 2, 3), {"strides": (3, 2), "padding": "valid"}, "patches"),
    ((8, 7, 5), (2, 2, 3), {"strides": 3, "padding": "valid"}, "patches"),
    ((11, 10, 3), (7, 7, 4), {"strides": 2, "padding": ((3, 3), (3, 3))}, "patches"),
    ((8, 9, 5), (2, 4, 3), {}, "canonical"),
    ((8, 9, 5), (5, 3, 3), {"padding": "valid"}, "canonical"),
    ((8, 9, 5), (3, 5, 3), {"padding": ((2, 1), (0, 4))}, "canonical"),
    ((9, 9, 5), (3, 3, 4), {"dilation": 2}, "canonical"),
    ((9, 9, 5), (3, 2, 4), {"dilation": (1, 3), "padding": "valid"}, "canonical"),
    ((5, 5, 5), (2, 2, 4), {"padding": ((3, 2), (1, 4))}, "patches"),
    ((9, 9, 5), (3, 3, 4), {"dilation": 2, "strides": (2, 1)}, "patches"),
    ((8, 8, 1), (3, 3, 6), {}, "widened"),
    ((8, 8, 1), (3, 3, 17), {}, "canonical"),
    ((6, 6, 2), (3, 4, 17), {"padding": ((2, 1), (0, 3)), "dilation": (1, 2)}, "canonical"),
    ((9, 8, 3), (7, 7, 17), {}, "widened"),
    ((5, 6, 16), (3, 3, 9), {}, "canonical"),
    ((5, 7, 9), (3, 4, 16), {"padding": ((2, 1), (0, 0)), "dilation": (2, 1)}, "canonical"),
    ((7, 6, 3), (3, 3, 4), {}, "widened"),
    ((9, 8, 3), (5, 5, 4), {"padding": "valid"}, "widened"),
    ((8, 12, 2), (4, 7, 2), {"padding": ((0, 1), (9, 1))}, "widened"),
    ((7, 7, 3), (3, 3, 4), {}, "canonical"),
    ((6, 7, 6), (3, 3, 9), {"groups": 3}, "patches"),
    ((6, 7, 6), (3, 3, 4), {"groups": 2, "strides": 2, "dilation": (1, 2)}, "patches"),
    ((6, 7, 6), (3, 3, 6), {"groups": 6}, "depthwise"),
    ((6, 7, 6), (5, 4, 6), {"groups": 6, "strides": (1, 2), "dilation": 2}, "depthwise"),
    ((6, 7, 6), (2, 3, 12), {"groups": 6}, "patches"),
]

# The same of signals: (T, C) and (kt, O).
SIGNALS = [
    ((9, 5), (3, 4), {}, "canonical"),
    ((8, 5), (4, 4), {"padding": ((3, 0),)}, "canonical"),
    ((12, 3), (5, 4), {}, "widened"),
    ((9, 5), (1, 4), {}, "patches"),
    ((11, 5), (7, 4), {"strides": 2}, "patches"),
    ((11, 5), (2, 4), {"dilation": 4, "padding": ((4, 0),)}, "canonical"),
    ((11, 6), (3, 6), {"groups": 6}, "depthwise"),
    ((11, 6), (3, 4), {"groups": 2, "strides": 3}, "patches"),
]


def _shapes(example, kernel, options):
    inputs = example[-1] // options.get("groups", 1)
    return (3, *example), (*kernel[:-1], inputs, kernel[-1])


@pytest.mark.parametrize(("example", "kernel", "options", "form"), IMAGES + SIGNALS)
def test_values_and_gradients(example, kernel, options, form):
    x, k = arrays(0, *_shapes(example, kernel, options))
    assert _chosen(x, k, options) == form
    found = with_gradients(partial(convolve, **options), x, k)
    assert_same(found, with_gradients(partial(reference, **options), x, k))


def _chosen(x, k, options, platform="cpu"):
    """The form that the rule takes, seen in the call."""
    seen = []

    def spy(*arguments):
        seen.append(form_of(platform, *arguments[1:]))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        # The module, which its function hides as an attribute of the package.
        module = importlib.import_module("ranvier.layers.convolution.convolve")
        patch.setattr(module, "form_of", spy)
        jax.eval_shape(partial(convolve, **options), x, k)
    return seen[0]


@pytest.mark.parametrize("form", ["direct", "canonical", "winograd", "patches", "widened"])
def test_each_form_by_force(form):
    x, k = arrays(1, (2, 5, 8, 3), (3, 3, 3, 4))
    found = with_gradients(partial(convolve, form=form), x, k)
    assert_same(found, with_gradients(reference, x, k))


@pytest.mark.parametrize("form", ["winograd", "canonical", "patches", "widened", "depthwise"])
def test_in_a_loop_and_over_many_networks(form):
    """Gradient steps in a scan, for four networks at once: as one after the other."""
    groups = 4 if form == "depthwise" else 1
    x, k = arrays(2, (2, 4, 4, 4), (4, 3, 3, 4 // groups, 4))

    def descend(convolution, k, x):
        def step(k, _):
            return k - 0.01 * jax.grad(lambda k: (convolution(x, k) ** 2).sum())(k), None

        return jax.lax.scan(step, k, None, length=3)[0]

    ours = partial(descend, partial(convolve, groups=groups, form=form))
    found = jax.jit(jax.vmap(ours, (0, None)), compiler_options=HURRY)(k, x)
    theirs = jax.jit(partial(descend, partial(reference, groups=groups)), compiler_options=HURRY)
    assert_same(found, jnp.stack([theirs(one, x) for one in k]), 1e-4)


# Image (H, W, C), kernel (kh, kw, O), options, and the form.
TWICE = [
    ((4, 6, 4), (3, 3, 5), {}, "direct"),
    ((4, 6, 4), (3, 3, 5), {}, "canonical"),
    ((5, 5, 4), (3, 2, 3), {"dilation": 2}, "canonical"),
    ((4, 6, 4), (3, 3, 5), {}, "winograd"),
    ((5, 4, 2), (3, 5, 3), {}, "widened"),
    ((8, 8, 3), (5, 5, 9), {"padding": "valid"}, "widened"),
    ((6, 8, 4), (4, 4, 3), {"strides": 2}, "patches"),
    ((6, 8, 4), (4, 4, 3), {"strides": 2}, "winograd_strided"),
    ((6, 5, 4), (3, 2, 6), {"strides": (1, 2), "groups": 2}, "patches"),
    ((5, 6, 3), (3, 3, 3), {"groups": 3}, "depthwise"),
]


@pytest.mark.parametrize(("image", "kernel", "options", "form"), TWICE)
def test_gradients_of_gradients(image, kernel, options, form):
    """A penalty on both gradients, as that on a discriminator's slope, has gradients itself."""
    x, k = arrays(8, *_shapes(image, kernel, options))

    def penalty(convolution, x, k):
        slopes = jax.grad(lambda *a: jnp.tanh(convolution(*a) / 8).sum(), (0, 1))(x, k)
        return sum(jnp.square(slope).sum() for slope in slopes)

    def of(convolution):
        gradients = jax.value_and_grad(partial(penalty, convolution), (0, 1))
        return jax.jit(gradients, compiler_options=HURRY)(x, k)

    found = of(partial(convolve, form=form, **options))
    assert_same(found, of(partial(reference, **options)))


def test_a_derivative_used_many_times():
    """Integrated gradients: the gradient by the input along a path of inputs."""
    x, k = arrays(3, (2, 4, 4, 16), (3, 3, 16, 32))
    path = jnp.linspace(0.0, 1.0, 5)

    def integrated(convolution):
        gradient = jax.grad(lambda x: jnp.tanh(convolution(x, k)).sum())
        return jax.jit(jax.vmap(lambda t: gradient(t * x)), compiler_options=HURRY)(path)

    assert_same(integrated(convolve), integrated(reference))


@pytest.mark.parametrize("shape", [(4, 4, 16, 32), (4, 4, 3, 8), (4, 5, 6, 6)])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision(shape, dtype):
    x, k = (a.astype(dtype) for a in arrays(4, (2, *shape[:3]), (3, 3, *shape[2:])))
    assert _chosen(x, k, {}) != "winograd"
    y, gradients = with_gradients(convolve, x, k)
    assert {a.dtype.name for a in (y, *gradients)} == {dtype}
    expected = with_gradients(reference, x.astype("float32"), k.astype("float32"))
    assert_same(
        jax.tree.map(lambda a: a.astype("float32"), (y, gradients)),
        expected,
        3e-2 if dtype == "bfloat16" else 3e-3,
    )


def test_long_columns_are_not_made(monkeypatch):
    def program():
        return str(jax.make_jaxpr(jax.grad(lambda k: convolve(x, k).sum()))(k))

    x, k = arrays(3, (2, 6, 6, 3), (3, 3, 3, 4))
    made = program()
    monkeypatch.setattr("ranvier.layers.convolution.columns.MOST", 27 * 2 * 6 * 6 - 1)
    left = program()
    assert "f32[27,72]" in made
    assert "f32[27,72]" not in left
    assert_same(with_gradients(convolve, x, k), with_gradients(reference, x, k))


def test_without_an_input_gradient():
    x, k = arrays(5, (2, 4, 4, 3), (3, 3, 3, 4))
    y, (dx, dk) = with_gradients(partial(convolve, input_gradient=False), x, k)
    expected, (_, dk_expected) = with_gradients(reference, x, k)
    assert_same((y, dk), (expected, dk_expected))
    assert not dx.any()


def test_other_platforms_use_their_own():
    for platform in ("gpu", "tpu"):
        assert form_of(platform, (8, 8, 8, 64), (3, 3, 64, 64), Geometry()) == "direct"


def test_the_cpu_is_given_only_canonical_convolutions():
    """XLA runs all others about twenty times slower in a loop, also those that vmap makes."""
    for example, kernel, options, form in (IMAGES + SIGNALS)[::3]:
        x, k = (jnp.zeros((2, *shape)) for shape in _shapes(example, kernel, options))

        def loss(x, k, options=options):
            return convolve(x, k, **options).sum()

        for function, arguments in (
            (loss, (x[0], k[0])),
            (jax.vmap(loss), (x, k)),
            (jax.vmap(loss, (0, None)), (x, k[0])),
        ):
            program = jax.make_jaxpr(jax.grad(lambda *a, f=function: f(*a).sum(), (0, 1)))
            text = str(program(*arguments))
            assert ("conv_general_dilated" in text) == (form in ("canonical", "widened"))
            assert text.count("lhs_dilation=(1, 1)") == text.count("conv_general_dilated[")
            assert text.count("feature_group_count=1\n") == text.count("conv_general_dilated[")
            assert text.count("batch_group_count=1\n") == text.count("conv_general_dilated[")
            canonical = "lhs_spec=(0, 3, 1, 2), rhs_spec=(3, 2, 0, 1), out_spec=(0, 3, 1, 2)"
            assert text.count(canonical) == text.count("conv_general_dilated[")


def test_what_does_not_fit():
    x, k = arrays(6, (2, 4, 4, 3), (3, 3, 3, 4))
    with pytest.raises(ValueError, match=r"got \(2, 4, 4, 3\) with \(3, 3, 3\)"):
        convolve(x, k[..., 0])
    with pytest.raises(ValueError, match="3 channels in 2 groups"):
        convolve(x, k, groups=2)
    with pytest.raises(ValueError, match="one number of at least 1 per axis, 2 in all, got 0"):
        convolve(x, k, strides=0)
    with pytest.raises(ValueError, match='"same", "valid" or one'):
        convolve(x, k, padding="full")


def test_layer():
    layer = Convolution(3, 8, (3, 3), strides=2, kernel_init=_ramp, rngs=nnx.Rngs(0))
    (x,) = arrays(7, (2, 6, 6, 3))
    layer.bias[...] = jnp.arange(8.0)
    expected = reference(x, layer.kernel[...], strides=2) + jnp.arange(8.0).reshape(1, 1, 1, 8)
    assert_same(layer(x), expected)
    signal = Convolution(6, 4, (5,), groups=2, use_bias=False, kernel_init=_ramp, rngs=nnx.Rngs(0))
    assert signal.kernel.shape == (5, 3, 4)
    assert set(nnx.to_pure_dict(nnx.state(signal))) == {"kernel"}
    assert signal(jnp.zeros((2, 7, 6))).shape == (2, 7, 4)
    np.testing.assert_array_equal(layer.kernel[...], _ramp(None, (3, 3, 3, 8), jnp.float32))
