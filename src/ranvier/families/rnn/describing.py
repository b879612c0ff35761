"""A recurrent network in words: one line, and one line for each layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ranvier.families.rnn.builder import RNNBuilder
from ranvier.families.sequential.forecasting import describing as ahead
from ranvier.families.sequential.forecasting.network import HEAD
from ranvier.model.summary import Layer

WORDS = {"lstm": "LSTM", "gru": "GRU", "rnn": "plain"}  # for cells


def line(shape: RNNBuilder) -> str:
    """Such as "RNN 12 channels → LSTM 64 both ways → mean → 9 softmax"."""
    if shape.inputs.window is not None:
        return ahead.line(shape.inputs, "RNN", " → ".join(_recurrent(shape)))
    parts = [_input(shape), *_recurrent(shape), _pooling(shape)]
    parts += [str(width) for width in shape.hidden]
    parts.append(f"{shape.outputs.units} {shape.outputs.activation}")
    beside = []
    if shape.convolutions:
        beside.append("convolutions " + "-".join(str(n) for n in shape.convolutions))
    if shape.bag:
        beside.append("weighed words")
    text = "RNN " + " → ".join(parts)
    return f"{text} · beside them {' and '.join(beside)}" if beside else text


def _input(shape: RNNBuilder) -> str:
    if shape.inputs.vocabulary:
        return f"{shape.inputs.vocabulary:,} tokens → {shape.embedding}"
    channels = shape.inputs.channels
    return f"{channels} channel{'s' * (channels != 1)}"


def _recurrent(shape: RNNBuilder) -> list[str]:
    ways = " both ways" if shape.bidirectional else ""
    return [f"{WORDS[shape.cell]} {units}{ways}" for units in shape.units]


def _pooling(shape: RNNBuilder) -> str:
    if shape.each_step:
        return "each step"
    return {
        "last": "last state", "mean": "mean", "max": "largest", "attention": "attention",
    }[shape.pooling]  # fmt: skip


def layers(shape: RNNBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """From the input to the output layer, with the number of parameters of each."""
    if shape.inputs.window is not None:
        return _ahead(shape, parameters)
    sizes: dict[str, int] = {}
    for path, array in parameters.items():
        name = _owner(path.split("/"))
        sizes[name] = sizes.get(name, 0) + array.size
    texts = shape.inputs.vocabulary > 0
    what = "a vector for each token" if texts else "numbers of a step"
    found = [Layer("input", shape.width, what, sizes.pop("input", 0))]
    output = sizes.pop("output", 0)
    for name, size in sizes.items():
        found.append(Layer(name, _width(name, shape), _inside(name, shape), size))
    inside = shape.outputs.activation + (", at each step" if shape.each_step else "")
    found.append(Layer("output", shape.outputs.units, inside, output))
    return found


def _ahead(shape: RNNBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """The layers of a network that forecasts."""
    core = []
    for number, units in enumerate(shape.units, 1):
        name = f"hidden {number}"
        core.append(Layer(name, units * shape.directions, _inside(name, shape), 0))
    words = f"{shape.activation}, the same for every step ahead"
    head = Layer(f"hidden {len(shape.units) + 1}", HEAD, words, 0)
    return ahead.layers(shape.inputs, core, head, _owner_in_stack, parameters)


def _owner_in_stack(path: list[str]) -> str:
    match path:
        case ["forward" | "backward", number, *_]:
            return f"hidden {int(number) + 1}"
    return "attention"


def _owner(path: list[str]) -> str:
    match path:
        case ["stack", *rest]:
            return _owner_in_stack(rest)
        case ["head", "hidden", number, *_]:
            return f"dense {int(number) + 1}"
        case ["head", *_]:
            return "output"
        case ["bag", *_]:
            return "weighed words"
        case ["beside", *_]:
            return "columns"
    return path[0]


def _width(name: str, shape: RNNBuilder) -> int | None:
    if name.startswith("hidden"):
        return shape.units[int(name.split()[1]) - 1] * shape.directions
    if name.startswith("dense"):
        return shape.hidden[int(name.split()[1]) - 1]
    return {
        "convolutions": (shape.convolutions or (0,))[-1],
        "weighed words": shape.outputs.units,
    }.get(name)


def _inside(name: str, shape: RNNBuilder) -> str:
    if name.startswith("hidden"):
        ways = ", both ways" if shape.bidirectional else ""
        return f"{WORDS[shape.cell]} cells{ways}"
    if name.startswith("dense"):
        return shape.activation
    return {
        "attention": "how much each step counts",
        "convolutions": "beside: filters along the steps, with an output layer of their own",
        "weighed words": "beside: a weight for each word and class",
        "columns": "the columns beside each row",
    }.get(name, "")
