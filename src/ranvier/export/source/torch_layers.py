"""Layers of PyTorch, and their weights as its state_dict has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.export.graph import Step, Value
from ranvier.export.source.dialect import Layer, bias, called, entering, weight
from ranvier.export.source.expressions import Text, call, sides
from ranvier.export.source.windows import is_even, is_same

CELLS = {"lstm": "nn.LSTM", "gru": "nn.GRU", "rnn": "nn.RNN"}


def torch_layer(step: Step) -> Layer | None:
    """The layer of a step; None where it is an operation."""
    maker = LAYERS.get(step.kind)
    return None if maker is None else maker(step)


def _dense(step: Step) -> Layer:
    kernel, offset = weight(step, 1), bias(step)
    arguments = [*map(str, kernel.shape)] + ([] if offset is not None else ["bias=False"])
    weights = {"weight": kernel.T} | ({} if offset is None else {"bias": offset})
    return Layer("nn.Linear", arguments, weights, (entering(step),), called)


def _convolution(step: Step) -> Layer:
    kernel, offset, given = weight(step, 1), bias(step), step.settings
    rank = kernel.ndim - 2
    groups = given["groups"]
    arguments = [str(kernel.shape[-2] * groups), str(kernel.shape[-1])]
    arguments.append(sides(list(kernel.shape[:rank])))
    padding, before = given["padding"], None
    arguments += _unless(given["strides"], 1, "stride")
    if is_even(padding):
        arguments += _unless([low for low, _ in padding], 0, "padding")
    elif is_same(step):
        arguments.append('padding="same"')
    else:
        before = ", ".join(str(width) for pair in reversed(padding) for width in pair)
    arguments += _unless(given["dilation"], 1, "dilation")
    arguments += [f"groups={groups}"] if groups != 1 else []
    arguments += [] if offset is not None else ["bias=False"]
    weights = {"weight": np.moveaxis(kernel, (-1, -2), (0, 1))}

    def padded(layer: Text, operands: list[Text]) -> Text:
        (x,) = operands
        return called(layer, [call("F.pad", x, f"({before})") if before else x])

    weights |= {} if offset is None else {"bias": offset}
    return Layer(f"nn.Conv{rank}d", arguments, weights, (entering(step),), padded)


def _transposed(step: Step) -> Layer:
    kernel, offset, given = weight(step, 1), bias(step), step.settings
    rank = kernel.ndim - 2
    cut, strides = given["padding"], given["strides"]
    fits = all(
        low >= 0 and 0 <= low - high < s for (low, high), s in zip(cut, strides, strict=True)
    )
    arguments = [str(kernel.shape[-1]), str(kernel.shape[-2]), sides(list(kernel.shape[:rank]))]
    arguments += _unless(strides, 1, "stride")
    if fits:
        arguments += _unless([low for low, _ in cut], 0, "padding")
        arguments += _unless([low - high for low, high in cut], 0, "output_padding")
    arguments += [] if offset is not None else ["bias=False"]
    weights = {"weight": np.moveaxis(kernel, (-1, -2), (0, 1))}
    weights |= {} if offset is None else {"bias": offset}

    def cropped(layer: Text, operands: list[Text]) -> Text:
        whole = called(layer, operands)
        if fits:
            return whole
        widths = ", ".join(str(-width) for pair in reversed(cut) for width in pair)
        return call("F.pad", whole, f"({widths})")

    return Layer(f"nn.ConvTranspose{rank}d", arguments, weights, (entering(step),), cropped)


def _batch_norm(step: Step) -> Layer:
    scale, offset, mean, var = (weight(step, place) for place in range(1, 5))
    x = entering(step)
    weights = {
        "weight": scale, "bias": offset, "running_mean": mean, "running_var": var,
        "num_batches_tracked": np.zeros((), np.int64),
    }  # fmt: skip
    arguments = [str(scale.size), *_unless([step.settings["epsilon"]], 1e-5, "eps")]
    rank = max(len(x.shape) - 2, 1)
    return Layer(f"nn.BatchNorm{rank}d", arguments, weights, (x,), called)


def _layer_norm(step: Step) -> Layer:
    scale, offset = weight(step, 1), bias(step)
    arguments = [str(scale.size), *_unless([step.settings["epsilon"]], 1e-5, "eps")]
    arguments += [] if offset is not None else ["bias=False"]
    weights = {"weight": scale.reshape(-1)}
    weights |= {} if offset is None else {"bias": offset.reshape(-1)}
    return Layer("nn.LayerNorm", arguments, weights, (entering(step),), called)


def _rms_norm(step: Step) -> Layer:
    scale = weight(step, 1).reshape(-1)
    arguments = [str(scale.size), f"eps={step.settings['epsilon']!r}"]
    return Layer("nn.RMSNorm", arguments, {"weight": scale}, (entering(step),), called)


def _embedding(step: Step) -> Layer:
    table = weight(step, 1)
    arguments = [*map(str, table.shape)]
    return Layer("nn.Embedding", arguments, {"weight": table}, (entering(step),), called)


def _recurrent(step: Step) -> Layer:
    given = step.settings
    first = 2 if given["lengths"] else 1
    kernel, state, offset = (weight(step, first + place) for place in range(3))
    other = bias(step, first + 3)
    weights = {
        "weight_ih_l0": kernel.T, "weight_hh_l0": state.T, "bias_ih_l0": offset,
        "bias_hh_l0": np.zeros_like(offset) if other is None else other,
    }  # fmt: skip
    arguments = [str(kernel.shape[0]), str(state.shape[0]), "batch_first=True"]
    lengths = (step.inputs[1],) if isinstance(step.inputs[1], Value) and first == 2 else ()

    def read(layer: Text, operands: list[Text]) -> Text:
        way = "True" if given["reverse"] else None
        return call("read", layer, *operands, backward=way)

    return Layer(CELLS[given["cell"]], arguments, weights, (entering(step), *lengths), read)


def _unless(values: list[Any], usual: float, name: str) -> list[str]:
    """An argument, where it is not the usual one."""
    return [] if set(values) == {usual} else [f"{name}={sides(values)}"]


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
