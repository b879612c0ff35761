"""A network that forecasts in words: one line, and one line for each layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ranvier.families.rnn.builder import RNNBuilder
from ranvier.families.rnn.describing import WORDS
from ranvier.families.rnn.forecasting.network import HEAD
from ranvier.model.summary import Layer


def line(shape: RNNBuilder) -> str:
    """Such as "RNN 24 steps of 5 → GRU 64 → 12 steps ahead, on top of the best linear forecast"."""
    window = shape.inputs.window
    assert window is not None
    ways = " both ways" if shape.bidirectional else ""
    layers = " → ".join(f"{WORDS[shape.cell]} {units}{ways}" for units in shape.units)
    return (
        f"RNN {window.context:,} steps of {shape.width:,} → {layers} → {HEAD} → "
        f"{window.horizon:,} steps ahead, on top of the best linear forecast"
    )


def layers(shape: RNNBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """From the input to the output layer, with the number of parameters of each."""
    window = shape.inputs.window
    assert window is not None
    sizes: dict[str, int] = {}
    for path, array in parameters.items():
        name = _owner(path.split("/"), len(shape.units))
        sizes[name] = sizes.get(name, 0) + array.size
    found = [Layer("input", shape.width, "numbers of a step", sizes.pop("input", 0))]
    for number, units in enumerate(shape.units, 1):
        name = f"hidden {number}"
        what = f"{WORDS[shape.cell]} cells" + (", both ways" if shape.bidirectional else "")
        found.append(Layer(name, units * shape.directions, what, sizes.pop(name, 0)))
    name = f"hidden {len(shape.units) + 1}"
    words = f"{shape.activation}, the same for every step ahead"
    found.append(Layer(name, HEAD, words, sizes.pop(name, 0)))
    output = sizes.pop("output", 0)
    found += [Layer(name, None, "", size) for name, size in sizes.items()]
    words = f"low, middle and high of {window.horizon:,} steps, added to the linear forecast"
    found.append(Layer("output", shape.outputs.units, words, output))
    return found


def _owner(path: list[str], layers: int) -> str:
    match path:
        case ["stack", "forward" | "backward", number, *_]:
            return f"hidden {int(number) + 1}"
        case ["stack", *_]:
            return "attention"
        case ["hidden" | "to_steps" | "step", *_]:
            return f"hidden {layers + 1}"
        case ["known" | "static", *_]:
            return "input"
    return path[0]
