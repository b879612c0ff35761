"""Two whole networks as steps of training: one program for a chunk of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.layers.batch_norm import normalised
from ranvier.layers.convolution import convolve
from ranvier.layers.pooling import global_average_pool, max_pool

BATCH = 64
STEPS = 8  # of a chunk
Parameters = dict[str, jax.Array]
SHAPES = {"cnn": (28, 28, 1), "resnet": (32, 32, 3)}
STAGES = ((16, 16, 1), (16, 32, 2), (32, 64, 2))  # inputs, outputs, stride


def _bias(y: jax.Array, bias: jax.Array) -> jax.Array:
    return y + bias.reshape((1,) * (y.ndim - 1) + (-1,))


def cnn(p: Parameters, x: jax.Array) -> jax.Array:
    """Two convolutions with pooling, two dense layers: logits (B, 10)."""
    x = max_pool(convolve(x, p["convolution1"], input_gradient=False), 2)
    x = jax.nn.relu(_bias(x, p["bias1"]))
    x = max_pool(convolve(x, p["convolution2"]), 2)
    x = jax.nn.relu(_bias(x, p["bias2"]))
    x = jax.nn.relu(_bias(x.reshape(len(x), -1) @ p["dense1"], p["bias3"]))
    return _bias(x @ p["dense2"], p["bias4"])


def resnet(p: Parameters, x: jax.Array) -> jax.Array:
    """A stem and three residual blocks: logits (B, 10)."""

    def layer(
        name: str,
        x: jax.Array,
        stride: int = 1,
        past: jax.Array | None = None,
        activation: str = "relu",
    ) -> jax.Array:
        y = convolve(x, p[name], strides=stride, input_gradient=name != "stem")
        scale, bias = p[f"{name}.scale"], p[f"{name}.bias"]
        return normalised(y, scale, bias, past, 1e-5, activation)[0]

    x = layer("stem", x)
    for number, (inputs, outputs, stride) in enumerate(STAGES):
        y = layer(f"{number}.first", x, stride)
        shortcut = x
        if inputs != outputs:
            shortcut = layer(f"{number}.shortcut", x, stride, activation="")
        x = layer(f"{number}.second", y, past=shortcut)
    return _bias(global_average_pool(x) @ p["dense"], p["bias"])


NETWORKS: dict[str, Callable[[Parameters, jax.Array], jax.Array]] = {"cnn": cnn, "resnet": resnet}


def _kernels(name: str) -> dict[str, tuple[int, ...]]:
    if name == "cnn":
        return {
            "convolution1": (3, 3, 1, 32),
            "convolution2": (3, 3, 32, 64),
            "dense1": (3136, 128),
            "dense2": (128, 10),
        }
    shapes: dict[str, tuple[int, ...]] = {"stem": (3, 3, 3, 16), "dense": (64, 10)}
    for number, (inputs, outputs, _) in enumerate(STAGES):
        shapes[f"{number}.first"] = (3, 3, inputs, outputs)
        shapes[f"{number}.second"] = (3, 3, outputs, outputs)
        if inputs != outputs:
            shapes[f"{number}.shortcut"] = (1, 1, inputs, outputs)
    return shapes


def initial(name: str) -> Parameters:
    """He-normal kernels, zero biases, unit scales."""
    generator = np.random.default_rng(0)
    p: Parameters = {}
    for key, shape in _kernels(name).items():
        deviation = (2.0 / np.prod(shape[:-1])) ** 0.5
        p[key] = jnp.asarray(generator.normal(0.0, deviation, shape), jnp.float32)
        if name == "resnet" and len(shape) == 4:
            p[f"{key}.scale"], p[f"{key}.bias"] = jnp.ones(shape[-1]), jnp.zeros(shape[-1])
    if name == "cnn":
        widths = {"bias1": 32, "bias2": 64, "bias3": 128, "bias4": 10}
        p |= {key: jnp.zeros(width) for key, width in widths.items()}
    else:
        p["bias"] = jnp.zeros(10)
    return p


def chunk(name: str) -> Callable[[], Any]:
    """A compiled chunk of STEPS steps."""
    generator = np.random.default_rng(1)
    x = jnp.asarray(generator.normal(size=(STEPS, BATCH, *SHAPES[name])), jnp.float32)
    labels = jnp.asarray(generator.integers(10, size=(STEPS, BATCH)))
    return trained(NETWORKS[name], initial(name), x, labels)


def trained(
    network: Callable[[Parameters, jax.Array], jax.Array],
    p: Parameters,
    x: jax.Array,
    labels: jax.Array,
) -> Callable[[], Any]:
    """Compiled steps with Adam (Kingma and Ba 2015), one for each batch of `x`, as a call."""

    def loss(p: Parameters, x: jax.Array, labels: jax.Array) -> jax.Array:
        logits = jax.nn.log_softmax(network(p, x))
        return -jnp.take_along_axis(logits, labels[:, None], axis=1).mean()

    def step(state: Any, batch: Any) -> tuple[Any, jax.Array]:
        p, first, second, count = state
        value, g = jax.value_and_grad(loss)(p, *batch)
        count = count + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, g)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, g)
        rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), p, first, second)
        return (p, first, second, count), value

    state = (p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.float32(0))
    program = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches))
    compiled = program.lower(state, (x, labels)).compile()
    return lambda: compiled(state, (x, labels))
