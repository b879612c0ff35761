"""Single layers and operations, through `.keras` files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from ranvier.errors import ExportError
from ranvier.export.graph import Graph, Step, Value
from ranvier.export.keras.model import as_keras_computes, keras_module
from ranvier.export.keras.source import source_of
from ranvier.export.keras.writing import write_keras
from ranvier.layers.convolution import convolve, convolve_transposed
from ranvier.layers.lookup import looked_up
from ranvier.layers.pooling import average_pool, max_pool
from ranvier.layers.recurrent import Recurrent
from ranvier.layers.softmax import softmax
from tests.export.keras.made import computing

RNG = np.random.default_rng(0)


def numbers(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def check(tmp_path: Path, function: Callable[..., Any], **rows: np.ndarray) -> str:
    """The function's source, once a file of it answered like the function."""
    program = computing(function, **rows)
    path = tmp_path / "network.keras"
    write_keras(program, program.graph(), path)
    with as_keras_computes():
        network = keras_module().models.load_model(path)
        found = np.asarray(network(rows, training=False)["y"])
    expected = program.answers["y"]
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    return source_of(program.graph()).text


LENGTHS = np.array([0, 3, 6, 1], np.int32)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("padded", [False, True])
def test_recurrent_layers_with_all_their_results(
    tmp_path: Path, cell: str, reverse: bool, padded: bool
) -> None:
    layer = Recurrent(cell, 3, 5, reverse=reverse, rngs=nnx.Rngs(0))
    layer.bias[...] = jnp.asarray(numbers(*layer.bias.shape))
    if layer.recurrent_bias is not None:
        layer.recurrent_bias[...] = jnp.asarray(numbers(*layer.bias.shape))

    def function(x: Any, lengths: Any = None) -> Any:
        states, last = layer(x, lengths)
        return jnp.concatenate([states, last[:, None]], axis=1)

    rows = {"x": numbers(4, 6, 3)} | ({"lengths": LENGTHS} if padded else {})
    check(tmp_path, function, **rows)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_last_state_alone_of_padded_rows(tmp_path: Path, cell: str, reverse: bool) -> None:
    layer = Recurrent(cell, 3, 5, reverse=reverse, rngs=nnx.Rngs(0))
    text = check(tmp_path, layer.last, x=numbers(4, 6, 3), lengths=LENGTHS)
    assert "return_sequences" not in text


@pytest.mark.parametrize(
    ("strides", "padding", "dilation", "groups", "said"),
    [
        (1, "SAME", 1, 1, 'padding="same"'),
        (1, "VALID", 1, 1, 'Conv2D(6, 3, name="convolution")'),
        (2, "SAME", 1, 1, 'padding="same"'),
        (2, 1, 1, 1, "ZeroPadding2D(((1, 1), (1, 1)))"),
        (1, "SAME", 2, 1, "dilation_rate=2"),
        (1, "SAME", 1, 2, "groups=2"),
    ],
)
def test_convolutions(
    tmp_path: Path, strides: int, padding: Any, dilation: int, groups: int, said: str
) -> None:
    kernel = numbers(3, 3, 4 // groups, 6)
    pads = [(padding, padding)] * 2 if isinstance(padding, int) else padding

    def function(x: Any) -> Any:
        y = jax.lax.conv_general_dilated(
            x, kernel, (strides, strides), pads, rhs_dilation=(dilation, dilation),
            feature_group_count=groups, dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )  # fmt: skip
        return y + jnp.arange(6.0)[None, None, None]

    text = check(tmp_path, function, x=numbers(2, 8, 7, 4))
    assert said in text
    assert "use_bias" not in text


def test_convolutions_of_signals(tmp_path: Path) -> None:
    kernel = numbers(4, 3, 5)
    check(
        tmp_path,
        lambda x: convolve(x, jnp.asarray(kernel), strides=1, padding="same"),
        x=numbers(2, 9, 3),
    )


@pytest.mark.parametrize("taps", [3, 4, 5])
@pytest.mark.parametrize("rank", [1, 2])
def test_transposed_convolutions(tmp_path: Path, taps: int, rank: int) -> None:
    kernel = jnp.asarray(numbers(*(taps,) * rank, 5, 3))
    text = check(
        tmp_path,
        lambda x: convolve_transposed(x, kernel, strides=2),
        x=numbers(2, *(4, 6)[:rank], 3),
    )
    assert f"Conv{rank}DTranspose" in text


@pytest.mark.parametrize("padding", ["VALID", "SAME", ((1, 2), (2, 1))])
@pytest.mark.parametrize("strides", [1, 2])
def test_transposed_convolutions_with_any_cuts(tmp_path: Path, padding: Any, strides: int) -> None:
    kernel = numbers(3, 4, 5, 3)

    def function(x: Any) -> Any:
        return jax.lax.conv_general_dilated(
            x, np.flip(kernel, (0, 1)).swapaxes(2, 3), (1, 1),
            {"VALID": ((2, 2), (3, 3)), "SAME": ((1, 1), (2, 1))}.get(padding, padding),
            lhs_dilation=(2, strides + 1), dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )  # fmt: skip

    check(tmp_path, function, x=numbers(2, 4, 5, 3))


@pytest.mark.parametrize("pool", [max_pool, average_pool])
@pytest.mark.parametrize(("window", "strides"), [(2, None), (3, 2), ((2, 3), (1, 2))])
def test_pooling(tmp_path: Path, pool: Any, window: Any, strides: Any) -> None:
    check(tmp_path, lambda x: pool(x, window, strides), x=numbers(2, 7, 8, 3))


def test_a_table_is_looked_up(tmp_path: Path) -> None:
    table = jnp.asarray(numbers(9, 4))
    codes = np.array([[0, 8, 3], [1, 2, 3]], np.int32)
    text = check(tmp_path, lambda codes: looked_up(table, codes), codes=codes)
    assert 'Embedding(9, 4, name="embedding")' in text


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "slices": lambda x: jnp.flip(x[:, 1:5], 2)[:, :, 1:],
    "axes": lambda x: jnp.transpose(x[:, None], (0, 3, 1, 2))[:, :, 0],
    "rows": lambda x: x.reshape(-1, 4) * 2,
    "sums": lambda x: jnp.sum(x, axis=(1, 2)) / jnp.max(x, axis=(1, 2)) - jnp.min(x, axis=(1, 2)),
    "truth": lambda x: jnp.any(x > 0, axis=1) & ~jnp.all(x <= 1, axis=1) | (x[:, 0] == 0),
    "which": lambda x: jnp.argmax(x, axis=2).astype(jnp.float32),
    "functions": lambda x: jnp.exp(-jnp.abs(x)) + jnp.log1p(x * x) + jnp.sin(x) * jnp.cos(x),
    "more": lambda x: jnp.sign(x) + jnp.floor(x) + jnp.round(x) + jax.lax.erf(x),
    "roots": lambda x: jnp.sqrt(x * x + 1) * jax.lax.rsqrt(x * x + 2) + (x * x) ** 0.3,
    "elu": jax.nn.elu,
    "selu": jax.nn.selu,
    "leaky": lambda x: jax.nn.leaky_relu(x, 0.07),
    "softplus": jax.nn.softplus,
    "soft_sign": jax.nn.soft_sign,
    "hard_swish": jax.nn.hard_swish,
    "silu": jax.nn.silu,
    "softmax": lambda x: softmax(x, axis=1),
    "padded": lambda x: jnp.pad(x, ((0, 0), (1, 2), (0, 0))),
    "stacked": lambda x: jnp.stack([x, -x, 2 - x], axis=1),
    "known": lambda x: x * jnp.linspace(0, 1, 24).reshape(1, 6, 4) - jnp.arange(4.0)[None, None],
    "divided": lambda x: jnp.linspace(1, 2, 24).reshape(1, 6, 4) / (x * x + 1),
    "spread": lambda x: jnp.concatenate(
        [x, jnp.broadcast_to(jnp.arange(8.0).reshape(1, 2, 4), (x.shape[0], 2, 4))], axis=1
    ),
    "wider": lambda x: jnp.concatenate([x, jnp.broadcast_to(x[:, :1], (x.shape[0], 3, 4))], axis=1),
    "chosen": lambda x: jnp.where(jnp.arange(4)[None, None] < 2, x, jnp.nan),
    "products": lambda x: jnp.einsum("bsi,bti->bst", x, x),
    "weighted": lambda x: jnp.einsum("bsi,siu->bsu", x, jnp.arange(48.0).reshape(6, 4, 2)),
    "members": lambda x: jnp.einsum("bsi,miu->bsmu", x, jnp.arange(24.0).reshape(3, 4, 2)),
}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operations(tmp_path: Path, name: str) -> None:
    check(tmp_path, OPERATIONS[name], x=numbers(5, 6, 4))


def test_a_step_that_keras_does_not_know_is_an_error() -> None:
    x, y = Value("x", ("b", 2), "float32"), Value("y", ("b", 2), "float32")
    graph = Graph({"x": x}, {"y": y}, [Step("bessel", (x,), (y,))])
    with pytest.raises(ExportError, match='Keras has nothing for a step of the kind "bessel"'):
        source_of(graph)


def test_a_layer_that_is_called_twice_is_one_layer(tmp_path: Path) -> None:
    kernel, other = jnp.asarray(numbers(3, 3)), jnp.asarray(numbers(3, 3))

    def function(x: Any) -> Any:
        return (x @ kernel) @ other + (jnp.flip(x, 1) @ kernel)

    program = computing(function, x=numbers(4, 3))
    source = source_of(program.graph())
    assert check(tmp_path, function, x=numbers(4, 3)) == source.text
    assert source.text.count("keras.layers.Dense(") == len(source.weights) == 2


def test_what_keras_might_take_for_a_bias_stands_first(tmp_path: Path) -> None:
    """On TensorFlow a second operand (rows, 1, 1) is added to the channels, if they are as many."""
    text = check(tmp_path, lambda x: x + x.sum(axis=(1, 2), keepdims=True), x=numbers(3, 3, 5))
    assert "= y + x\n" in text

    text = check(tmp_path, lambda x: jnp.broadcast_to(x[:, :1] * 2.0, x.shape), x=numbers(4, 4))
    assert ".repeat(" in text
