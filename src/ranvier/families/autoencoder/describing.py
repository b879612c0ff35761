"""An autoencoder in words: one line, and one line for each layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.model.summary import Layer


def line(shape: AutoencoderBuilder, kind: str) -> str:
    """Such as "autoencoder 64 → 256 → 256 → 16 → 256 → 256 → 64 · plain · silu"."""
    row = "×".join(str(side) for side in shape.shape)
    there = [*_widths(shape), *(str(n) for n in shape.hidden)]
    chain = " → ".join([row, *there, str(shape.dimensions), *reversed(there), row])
    parts = [f"autoencoder {chain}", kind.replace("_", "-"), shape.activation]
    if shape.pieces:
        parts.append(f"{shape.pieces[0]} of {shape.pieces[1]} pieces")
    if shape.linear:
        parts.append("begins as principal components")
    return " · ".join(parts)


def layers(shape: AutoencoderBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """From the input over the code to the output, with the number of parameters of each."""
    sizes: dict[str, int] = {}
    for path, array in parameters.items():
        name = _owner(path.split("/"), shape)
        sizes[name] = sizes.get(name, 0) + array.size
    there = [*_widths(shape), *(str(n) for n in shape.hidden)]
    found = [Layer("input", shape.numbers, f"{shape.form} of {_row(shape)}", 0)]
    hidden = [
        _layer(f"hidden {number}", words, shape, sizes)
        for number, words in enumerate((*there, *reversed(there)), 1)
    ]
    found += hidden[: len(there)]
    found.append(Layer("code", shape.dimensions, _code(shape), sizes.pop("code")))
    found += hidden[len(there) :]
    found.append(Layer("output", shape.numbers, "linear", sizes.pop("output")))
    return found


def _layer(name: str, words: str, shape: AutoencoderBuilder, sizes: dict[str, int]) -> Layer:
    what = shape.activation if words.isdigit() else f"{words}, {shape.activation}"
    if "state" in words:
        what = words
    width = int(words) if words.isdigit() else None
    return Layer(name, width, what, sizes.pop(name, 0))


def _widths(shape: AutoencoderBuilder) -> list[str]:
    """The layers before the dense ones, in words."""
    if shape.form == "sequence":
        return [f"{shape.cell} of {shape.units} state numbers"]
    kernel = f"{shape.kernel_size}×{shape.kernel_size}"
    return [f"{filters} filters of {kernel}" for _, _, filters in shape.maps]


def _owner(path: list[str], shape: AutoencoderBuilder) -> str:
    """The layer whose parameter this is."""
    before, dense = len(_widths(shape)), len(shape.hidden)
    if path[0] == "encoder":
        if path[1] == "convolutions":
            return f"hidden {int(path[2]) + 1}"
        return f"hidden {before + int(path[3]) + 1}" if path[1] == "hidden" else "hidden 1"
    if path[0] in ("features", "down", "code"):
        return "code"
    last = str(len(shape.maps) - 1)
    if path[0] != "decoder" or path[1] == "output" or path[1:3] == ["convolutions", last]:
        return "output"
    there = before + dense
    if path[1] == "hidden":
        return f"hidden {there + int(path[3]) + 1}"
    if path[1] == "convolutions":
        return f"hidden {there + dense + 2 + int(path[2])}"
    return f"hidden {there + dense + 1}"


def _row(shape: AutoencoderBuilder) -> str:
    return "×".join(f"{side:,}" for side in shape.shape) + " numbers" * (shape.form == "table")


def _code(shape: AutoencoderBuilder) -> str:
    if shape.noisy:
        return "a mean and a spread, normally distributed"
    if shape.sparse:
        return "soft thresholds"
    if shape.pieces:
        return f"{shape.pieces[0]} parts, each one of {shape.pieces[1]} pieces"
    return "linear"
