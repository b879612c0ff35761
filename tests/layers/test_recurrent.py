"""Recurrent layers: values and gradients equal a plain scan's and PyTorch's."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.layers.recurrent import CELLS, Recurrent
from tests.layers.convolutions import HURRY, arrays, assert_same

GOLDEN = Path(__file__).parents[1] / "golden" / "recurrent.npz"


def _plain(cell, p, x, lengths=None, reverse=False):
    """The same by a scan that JAX differentiates: (batch, steps, units), (batch, units)."""
    lengths = jnp.full(len(x), x.shape[1]) if lengths is None else lengths
    zeros = jnp.zeros((len(x), len(p["recurrent"])))

    def step(state, t):
        h, c = state
        ours = x[:, t] @ p["kernel"] + p["bias"].reshape(1, -1)
        past = h @ p["recurrent"]
        latest_c = c
        if cell == "lstm":
            i, f, g, o = jnp.split(ours + past, 4, axis=1)
            latest_c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            latest = jax.nn.sigmoid(o) * jnp.tanh(latest_c)
        elif cell == "gru":
            past = past + p["recurrent_bias"].reshape(1, -1)
            r, u = (jax.nn.sigmoid(a) for a in jnp.split((ours + past)[:, : -h.shape[1]], 2, 1))
            n = jnp.tanh(ours[:, -h.shape[1] :] + r * past[:, -h.shape[1] :])
            latest = (1 - u) * n + u * h
        else:
            latest = jnp.tanh(ours + past)
        real = (t < lengths)[:, None]
        state = jnp.where(real, latest, h), jnp.where(real, latest_c, c)
        return state, jnp.where(real, latest, 0)

    steps = jnp.arange(x.shape[1])
    (h, _), outputs = jax.lax.scan(step, (zeros, zeros), steps[::-1] if reverse else steps)
    return (outputs[::-1] if reverse else outputs).swapaxes(0, 1), h


def _layer(cell, reverse=False, inputs=3, units=5):
    """A layer as (call, last), both of (parameters, x, lengths), and its parameters."""
    layer = Recurrent(cell, inputs, units, reverse=reverse, rngs=nnx.Rngs(0))
    graph, state = nnx.split(layer)
    parameters = nnx.to_pure_dict(state)
    noise = arrays(1, *(a.shape for a in parameters.values()))
    # Biases that are not zero, too.
    parameters = {k: a + 0.3 * n for (k, a), n in zip(parameters.items(), noise, strict=True)}

    def merged(p):
        full = nnx.state(layer)
        nnx.replace_by_pure_dict(full, p)
        return nnx.merge(graph, full)

    return lambda p, *a: merged(p)(*a), lambda p, *a: merged(p).last(*a), parameters


def _slopes(value):
    """A gradient for each array that differs at every place."""
    return jax.tree.map(lambda a: _slope(a.size).reshape(a.shape).astype(a.dtype), value)


def _slope(size):
    return jnp.cos(jnp.arange(size, dtype=jnp.float32))


def _differentiated(function, p, x, lengths, options=HURRY):
    """Values without and with gradients, and the gradients of parameters and of x."""

    def both(p, x, lengths):
        value, pull = jax.vjp(lambda p, x: function(p, x, lengths), p, x)
        return function(p, x, lengths), value, pull(_slopes(value))

    return jax.jit(both, compiler_options=options)(p, x, lengths)


LENGTHS = jnp.array([6, 0, 1, 4], jnp.int32)


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_values_and_gradients(cell, reverse, lengths):
    whole, _, p = _layer(cell, reverse)
    (x,) = arrays(2, (4, 6, 3))
    found = _differentiated(whole, p, x, lengths)
    plain = _differentiated(lambda *a: _plain(cell, *a, reverse), p, x, lengths)
    assert_same(found, plain)
    if lengths is not None:
        assert not np.asarray(found[0][1])[1].any()  # a row of no steps


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_last_state_alone(cell, reverse):
    whole, last, p = _layer(cell, reverse)
    (x,) = arrays(3, (4, 6, 3))
    found = _differentiated(last, p, x, LENGTHS)
    assert_same(found, _differentiated(lambda *a: _plain(cell, *a, reverse)[1], p, x, LENGTHS))
    np.testing.assert_array_equal(
        found[0], jax.jit(whole, compiler_options=HURRY)(p, x, LENGTHS)[1]
    )


@pytest.mark.parametrize(("shape", "lengths"), [((1, 1), [1]), ((2, 1), [0, 1]), ((1, 5), [3])])
def test_one_row_and_one_step(shape, lengths):
    whole, _, p = _layer("lstm")
    (x,) = arrays(4, (*shape, 3))
    lengths = jnp.array(lengths, jnp.int32)
    found = _differentiated(whole, p, x, lengths)
    assert_same(found, _differentiated(lambda *a: _plain("lstm", *a), p, x, lengths))


@pytest.mark.parametrize(("cell", "reverse"), [("lstm", False), ("gru", True), ("rnn", False)])
def test_padding_is_not_seen(cell, reverse):
    """Longer rows of anything behind the real steps: the same bits, and no gradients."""
    whole, _, p = _layer(cell, reverse)
    (x,) = arrays(5, (64, 7, 3))
    lengths = jnp.arange(64, dtype=jnp.int32) % 8
    longer = jnp.concatenate([x, jnp.zeros((64, 4, 3))], axis=1)
    real = jnp.arange(11)[None, :, None] < lengths[:, None, None]

    def parts(p, x, lengths):  # so that real outputs get the same gradients
        outputs, last = whole(p, x, lengths)
        return outputs[:, :7], last, outputs[:, 7:]

    short = _differentiated(parts, p, x, lengths, options={})
    padded = _differentiated(parts, p, jnp.where(real, longer, jnp.nan), lengths, options={})
    for kept in (0, 1):  # without and with gradients
        for a, b in zip(padded[kept][:2], short[kept][:2], strict=True):
            np.testing.assert_array_equal(a, b)
        assert not padded[kept][0][~real[:, :7, 0]].any()
        assert not padded[kept][2].any()
    (dp, dx), (dp_short, dx_short) = padded[2], short[2]
    assert_same(dp, dp_short)
    assert_same(dx[:, :7], dx_short)
    assert not jnp.where(real, 0, dx).any()


@pytest.mark.parametrize(
    ("cell", "dtype"),
    [("lstm", "bfloat16"), ("lstm", "float16"), ("gru", "bfloat16"), ("rnn", "bfloat16")],
)
def test_half_precision(cell, dtype):
    whole, _, p = _layer(cell)
    (x,) = arrays(6, (4, 6, 3))
    p, x = jax.tree.map(lambda a: a.astype(dtype), (p, x))
    found = _differentiated(whole, p, x, LENGTHS)
    assert {a.dtype.name for a in jax.tree.leaves(found)} == {dtype}
    exact = jax.tree.map(lambda a: a.astype("float32"), (p, x))
    expected = _differentiated(whole, *exact, LENGTHS)
    found = jax.tree.map(lambda a: a.astype("float32"), found)
    assert_same(found, expected, 3e-2 if dtype == "bfloat16" else 4e-3)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_in_a_loop_and_over_many_networks(cell):
    """Gradient steps in a scan, for three networks at once: as one after the other."""
    whole, _, p = _layer(cell)
    (x,) = arrays(7, (4, 6, 3))
    many = jax.tree.map(lambda a: jnp.stack([a, -a, a / 2]), p)

    def descend(function, p):
        def step(p, _):
            slope = jax.grad(lambda p: (function(p, x, LENGTHS)[0] ** 2).sum())(p)
            return jax.tree.map(lambda a, d: a - 0.01 * d, p, slope), None

        return jax.lax.scan(step, p, length=3)[0]

    found = jax.jit(jax.vmap(lambda p: descend(whole, p)), compiler_options=HURRY)(many)
    plain = jax.jit(lambda p: descend(lambda *a: _plain(cell, *a), p), compiler_options=HURRY)
    each = [plain(jax.tree.map(lambda a, n=n: a[n], many)) for n in range(3)]
    assert_same(found, jax.tree.map(lambda *a: jnp.stack(a), *each))


def test_a_derivative_used_many_times():
    """Integrated gradients: the gradient by the input along a path of inputs."""
    _, last, p = _layer("lstm")
    (x,) = arrays(8, (2, 4, 3))
    path = jnp.linspace(0.0, 1.0, 5)

    def integrated(function):
        gradient = jax.grad(lambda x: jnp.tanh(function(p, x)).sum())
        return jax.jit(jax.vmap(lambda t: gradient(t * x)), compiler_options=HURRY)(path)

    assert_same(integrated(last), integrated(lambda *a: _plain("lstm", *a)[1]))


def test_nothing_that_is_not_needed():
    whole, last, p = _layer("lstm", units=4)
    (x,) = arrays(9, (2, 9, 3))

    def program(function, *lengths):
        return str(jax.make_jaxpr(function)(p, x, *lengths))

    def gradient(p, x, lengths=None):
        return jax.grad(lambda p: last(p, x, lengths).sum())(p)

    gates, mask, lengths = "f32[9,2,16]", "select_n", jnp.array([9, 2])
    assert gates in program(gradient)
    assert gates not in program(last)
    assert gates not in program(whole)
    assert mask in program(gradient, lengths)
    assert mask not in program(gradient)
    assert mask not in program(whole)


def _from_torch(golden, cell, suffix, ending=""):
    """PyTorch's parameters, or their gradients, as ours; its two biases are added in a step."""
    kinds = {"kernel": "weight_ih", "recurrent": "weight_hh", "bias": "bias_ih"}
    if cell == "gru":
        kinds["recurrent_bias"] = "bias_hh"
    found = {k: golden[f"{cell}.{name}_l0{suffix}{ending}"].T for k, name in kinds.items()}
    if cell != "gru" and not ending:
        found["bias"] = found["bias"] + golden[f"{cell}.bias_hh_l0{suffix}"]
    return found


@pytest.mark.parametrize("cell", CELLS)
def test_equals_pytorch(cell):
    golden = np.load(GOLDEN)
    suffixes = [s for s in ("", "_reverse") if f"{cell}.weight_ih_l0{s}" in golden]
    layers = [_layer(cell, reverse=bool(s))[0] for s in suffixes]
    p = [_from_torch(golden, cell, s) for s in suffixes]

    def both_ways(p, x, lengths):
        found = [layer(each, x, lengths) for layer, each in zip(layers, p, strict=True)]
        return tuple(jnp.concatenate(a, axis=-1) for a in zip(*found, strict=True))

    x, lengths = (jnp.asarray(golden[f"{cell}.{k}"]) for k in ("x", "lengths"))
    found = _differentiated(both_ways, p, x, lengths.astype(jnp.int32))
    value = golden[f"{cell}.outputs"], golden[f"{cell}.last"]
    gradients = [_from_torch(golden, cell, s, ".gradient") for s in suffixes]
    assert len(suffixes) == (2 if cell in ("lstm", "gru") else 1)
    assert_same(found, (value, value, (gradients, golden[f"{cell}.x.gradient"])))


@pytest.mark.parametrize("cell", CELLS)
def test_layer(cell):
    gates = CELLS[cell].gates
    layer = Recurrent(cell, 3, 4, rngs=nnx.Rngs(0))
    state = nnx.to_pure_dict(nnx.state(layer, nnx.Param))
    assert {k: a.shape for k, a in state.items()} == {
        "kernel": (3, gates * 4),
        "recurrent": (4, gates * 4),
        "bias": (gates * 4,),
    } | ({"recurrent_bias": (12,)} if cell == "gru" else {})
    for k in range(gates):
        square = state["recurrent"][:, 4 * k : 4 * k + 4]
        np.testing.assert_allclose(square @ square.T, np.eye(4), atol=1e-5)
        assert k == 0 or not np.allclose(square, state["recurrent"][:, :4])
    bound = (6 / (3 + gates * 4)) ** 0.5
    assert 0.5 * bound < np.abs(state["kernel"]).max() <= bound
    forget = [0.0] * 4 + [float(cell == "lstm")] * 4 + [0.0] * 8
    np.testing.assert_array_equal(state["bias"], forget[: gates * 4])


def test_a_cell_that_is_not_known():
    with pytest.raises(ValueError, match="one of lstm, gru, rnn, got 'elman'"):
        Recurrent("elman", 3, 4, rngs=nnx.Rngs(0))
