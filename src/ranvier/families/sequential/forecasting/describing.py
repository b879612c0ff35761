"""A network that forecasts in words: one line, and one line for each layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ranvier.families.sequential.forecasting.network import HEAD, step_width
from ranvier.model.summary import Layer
from ranvier.specification import InputSpec


def line(inputs: InputSpec, family: str, core: str) -> str:
    """Such as "RNN 24 steps of 5 → GRU 64 → 12 steps ahead, on top of the best linear forecast".

    Args:
        inputs: of the windows.
        family: the first word.
        core: what reads the past.
    """
    window = inputs.window
    assert window is not None
    return (
        f"{family} {window.context:,} steps of {step_width(inputs):,} → {core} → {HEAD} → "
        f"{window.horizon:,} steps ahead, on top of the best linear forecast"
    )


def layers(
    inputs: InputSpec,
    core: Sequence[Layer],
    head: Layer,
    owner: Callable[[list[str]], str],
    parameters: Mapping[str, np.ndarray],
) -> list[Layer]:
    """From the input to the output layer, with the number of parameters of each.

    Args:
        inputs: of the windows.
        core: the core's layers, their sizes yet to be found.
        head: the layer above them, which is the same for every step ahead.
        owner: from the path of a parameter of the core to the name of its layer.
        parameters: of the whole network, by path.
    """
    window = inputs.window
    assert window is not None
    sizes: dict[str, int] = {}
    for path, array in parameters.items():
        name = _owner(path.split("/"), head.name, owner)
        sizes[name] = sizes.get(name, 0) + array.size
    width = step_width(inputs)
    found = [Layer("input", width, "numbers of a step", sizes.pop("input", 0))]
    for layer in (*core, head):
        found.append(replace(layer, parameters=sizes.pop(layer.name, 0)))
    output = sizes.pop("output", 0)
    found += [Layer(name, None, "", size) for name, size in sizes.items()]
    words = f"low, middle and high of {window.horizon:,} steps, added to the linear forecast"
    found.append(Layer("output", 3 * window.horizon, words, output))
    return found


def _owner(path: list[str], head: str, owner: Callable[[list[str]], str]) -> str:
    match path:
        case ["stack", *rest]:
            return owner(rest)
        case ["hidden" | "to_steps" | "step", *_]:
            return head
        case ["known" | "static", *_]:
            return "input"
    return path[0]
