"""Layers of Flax, and their weights as its modules have them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.export.graph import Step, Value
from ranvier.export.source.dialect import Layer, bias, called, entering, weight
from ranvier.export.source.expressions import Text, call, listed
from ranvier.export.source.windows import is_even, is_same

CELLS = {"lstm": "nnx.OptimizedLSTMCell", "gru": "gru", "rnn": "nnx.SimpleCell"}
RANDOM = "rngs=rngs"


def flax_layer(step: Step) -> Layer | None:
    """The layer of a step; None where it is an operation."""
    maker = LAYERS.get(step.kind)
    return None if maker is None else maker(step)


def _dense(step: Step) -> Layer:
    kernel, offset = weight(step, 1), bias(step)
    arguments = [*map(str, kernel.shape), *_biased(offset), RANDOM]
    return Layer("nnx.Linear", arguments, _kernel(kernel, offset), (entering(step),), called)


def _convolution(step: Step) -> Layer:
    kernel, offset, given = weight(step, 1), bias(step), step.settings
    sizes, groups = kernel.shape[:-2], given["groups"]
    arguments = [str(kernel.shape[-2] * groups), str(kernel.shape[-1]), tuple_of(sizes)]
    arguments += _unless(given["strides"], "strides")
    if not is_same(step):  # "SAME" is what Flax does if it is not told
        arguments.append(f"padding={_padding(given['padding'])}")
    arguments += _unless(given["dilation"], "kernel_dilation")
    arguments += [f"feature_group_count={groups}"] if groups != 1 else []
    arguments += [*_biased(offset), RANDOM]
    return Layer("nnx.Conv", arguments, _kernel(kernel, offset), (entering(step),), called)


def _transposed(step: Step) -> Layer:
    kernel, offset, given = weight(step, 1), bias(step), step.settings
    sizes = kernel.shape[:-2]
    arguments = [str(kernel.shape[-1]), str(kernel.shape[-2]), tuple_of(sizes)]
    arguments += _unless(given["strides"], "strides")
    # Flax says what is laid around the spread rows, not what is cut off of the result.
    around = [
        [size - 1 - low, size - 1 - high]
        for size, (low, high) in zip(sizes, given["padding"], strict=True)
    ]
    arguments += [f"padding={_padding(around)}", "transpose_kernel=True"]
    arguments += [*_biased(offset), RANDOM]
    return Layer("nnx.ConvTranspose", arguments, _kernel(kernel, offset), (entering(step),), called)


def _batch_norm(step: Step) -> Layer:
    scale, offset, mean, var = (weight(step, place) for place in range(1, 5))
    weights = {"scale": scale, "bias": offset, "mean": mean, "var": var}
    arguments = [str(scale.size), *_epsilon(step, 1e-5), RANDOM]
    return Layer("nnx.BatchNorm", arguments, weights, (entering(step),), called)


def _layer_norm(step: Step) -> Layer:
    scale, offset = weight(step, 1).reshape(-1), bias(step)
    weights = {"scale": scale} | ({} if offset is None else {"bias": offset.reshape(-1)})
    arguments = [str(scale.size), *_epsilon(step, 1e-6), *_biased(offset), RANDOM]
    return Layer("nnx.LayerNorm", arguments, weights, (entering(step),), called)


def _rms_norm(step: Step) -> Layer:
    scale = weight(step, 1).reshape(-1)
    arguments = [str(scale.size), *_epsilon(step, 1e-6), RANDOM]
    return Layer("nnx.RMSNorm", arguments, {"scale": scale}, (entering(step),), called)


def _embedding(step: Step) -> Layer:
    table = weight(step, 1)
    arguments = [*map(str, table.shape), RANDOM]
    return Layer("nnx.Embed", arguments, {"embedding": table}, (entering(step),), called)


def _recurrent(step: Step) -> Layer:
    given, cell = step.settings, step.settings["cell"]
    first = 2 if given["lengths"] else 1
    kernel, state, offset = (weight(step, first + place) for place in range(3))
    other = bias(step, first + 3)
    weights = {"cell.dense_i.kernel": kernel, "cell.dense_h.kernel": state}
    weights[f"cell.dense_{'h' if cell == 'lstm' else 'i'}.bias"] = offset
    if cell == "gru":
        weights["cell.dense_h.bias"] = np.zeros_like(offset) if other is None else other
    inner = f"{CELLS[cell]}({kernel.shape[0]}, {state.shape[0]}, {RANDOM})"
    lengths = (step.inputs[1],) if first == 2 and isinstance(step.inputs[1], Value) else ()

    def read(layer: Text, operands: list[Text]) -> Text:
        way = "True" if given["reverse"] else None
        return call("read", layer, *operands, backward=way)

    return Layer("nnx.RNN", [inner], weights, (entering(step), *lengths), read)


def tuple_of(numbers: Any) -> str:
    """(3, 3), or (3,)."""
    return listed([str(number) for number in numbers])


def _kernel(kernel: np.ndarray, offset: np.ndarray | None) -> dict[str, np.ndarray]:
    return {"kernel": kernel} | ({} if offset is None else {"bias": offset})


def _biased(offset: np.ndarray | None) -> list[str]:
    return [] if offset is not None else ["use_bias=False"]


def _epsilon(step: Step, usual: float) -> list[str]:
    epsilon = step.settings["epsilon"]
    return [] if epsilon == usual else [f"epsilon={epsilon!r}"]


def _unless(values: list[int], name: str) -> list[str]:
    """An argument, where it is not 1 everywhere."""
    return [] if set(values) == {1} else [f"{name}={tuple_of(values)}"]


def _padding(pairs: list[list[int]]) -> str:
    widths = {low for low, _ in pairs}
    if is_even(pairs) and len(widths) == 1:
        return str(widths.pop())
    return listed([tuple_of(pair) for pair in pairs])


LAYERS = {
    "dense": _dense,
    "convolution": _convolution,
    "transposed_convolution": _transposed,
    "batch_normalization": _batch_norm,
    "layer_normalization": _layer_norm,
    "rms_normalization": _rms_norm,
    "embedding": _embedding,
    "recurrent": _recurrent,
}
