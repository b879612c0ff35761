"""Small functions with layers that the families' first forms have not."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ranvier.export.programs.program import Program, Tensor, answers
from ranvier.layers.pooling import average_pool, max_pool
from ranvier.layers.recurrent import Recurrent

ROWS = 4
LENGTHS = np.array([6, 0, 3, 1], np.int32)  # a row of no steps among them


def recurrent(cell: str, reverse: bool, masked: bool) -> Program:
    """A recurrent layer: its states and the last of them, with biases that matter."""
    layer = Recurrent(cell, 3, 5, reverse=reverse, rngs=nnx.Rngs(0))
    graph, state = nnx.split(layer)
    flat = {"/".join(map(str, path)): leaf for path, leaf in nnx.to_flat_state(state)}
    rng = np.random.default_rng(1)
    weights = {
        path: np.asarray(leaf[...] + 0.3 * rng.normal(size=leaf.shape), np.float32)
        for path, leaf in flat.items()
    }

    def function(weights: dict, given: dict) -> dict:
        known = nnx.from_flat_state({(k,): flat[k].replace(v) for k, v in weights.items()})
        states, last = nnx.merge(graph, known)(given["steps"], given.get("lengths"))
        return {"states": states, "last": last}

    inputs = {"steps": Tensor((6, 3), "float32", "numbers")}
    rows = {"steps": rng.normal(size=(ROWS, 6, 3)).astype(np.float32)}
    if masked:
        inputs["lengths"] = Tensor((), "int32", "real steps")
        rows["lengths"] = LENGTHS
    return Program(inputs, function, weights, rows, answers(function, weights, rows))


def pictures(function: Callable[[dict, jax.Array], jax.Array], kernel: tuple[int, ...]) -> Program:
    """A function of (B, 7, 6, 2) and one kernel."""
    rng = np.random.default_rng(2)
    weights = {"kernel": rng.normal(size=kernel).astype(np.float32)}
    rows = {"image": rng.normal(size=(ROWS, 7, 6, 2)).astype(np.float32)}

    def whole(weights: dict, given: dict) -> dict:
        return {"y": function(weights, given["image"])}

    inputs = {"image": Tensor((7, 6, 2), "float32", "pixels")}
    return Program(inputs, whole, weights, rows, answers(whole, weights, rows))


def _convolved(strides: tuple[int, int], padding: object, **settings: object) -> Callable:
    def function(weights: dict, x: jax.Array) -> jax.Array:
        return jax.lax.conv_general_dilated(
            x, weights["kernel"], strides, padding,
            dimension_numbers=("NHWC", "HWIO", "NHWC"), **settings,
        )  # fmt: skip

    return function


def _pooled(weights: dict, x: jax.Array) -> jax.Array:
    y = average_pool(max_pool(x, 2, 1), (3, 2), (2, 2))
    return jnp.tanh(y).reshape(y.shape[0], -1) @ weights["kernel"]


def _mixed(weights: dict, x: jax.Array) -> jax.Array:
    """Two ways that meet, in the middle of which channels are looked at."""
    y = _convolved((1, 1), "SAME")(weights, x)
    z = jnp.concatenate([jax.nn.relu(y), jnp.pad(x, ((0, 0),) * 3 + ((0, 1),))], axis=-1)
    z = z - z.max(axis=-1, keepdims=True)
    return jnp.flip(z, 1).sum(axis=(1, 2)) / 42.0 + z[:, 0, ::2, 1:2].mean(axis=1)


CASES: dict[str, Callable[[], Program]] = {
    **{
        f"{cell}{'-backward' if reverse else ''}{'-masked' if masked else ''}":
        lambda cell=cell, reverse=reverse, masked=masked: recurrent(cell, reverse, masked)
        for cell in ("lstm", "gru", "rnn") for reverse in (False, True) for masked in (False, True)
    },
    "uneven": lambda: pictures(_convolved((2, 1), [(0, 1), (2, 0)]), (3, 2, 2, 4)),
    "dilated": lambda: pictures(_convolved((1, 1), [(2, 2), (0, 0)], rhs_dilation=(2, 1)),
                                (3, 2, 2, 4)),
    "grouped": lambda: pictures(_convolved((1, 1), "SAME", feature_group_count=2), (3, 3, 1, 4)),
    "transposed": lambda: pictures(
        lambda weights, x: jax.lax.conv_transpose(x, weights["kernel"], (2, 2), "SAME"),
        (4, 3, 2, 5)),
    "transposed-whole": lambda: pictures(
        lambda weights, x: jax.lax.conv_transpose(x, weights["kernel"], (2, 3), "VALID"),
        (3, 2, 2, 5)),
    "pools": lambda: pictures(_pooled, (8, 3)),
    "mixed": lambda: pictures(_mixed, (2, 3, 2, 3)),
}  # fmt: skip
