"""A convolutional network in words: one line, and one line for each layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ranvier.families.cnn.builder import CNNBuilder
from ranvier.model.summary import Layer


def line(shape: CNNBuilder) -> str:
    """Such as "CNN 28×28×1 → 32 → 64 → 128 filters of 3×3 → 10 softmax · gelu"."""
    sides = "×".join(str(side) for side in shape.inputs.image)
    kernel = "×".join(str(side) for side in shape.kernel)
    filters = " → ".join(str(width) for width in shape.filters)
    hidden = "".join(f" → {width}" for width in shape.hidden)
    name, ending = "CNN", f"{shape.outputs.units} {shape.outputs.activation}"
    if shape.outputs.image:
        name, ending = "U-Net", f"{ending} at every pixel"
    parts = [f"{name} {sides} → {filters} filters of {kernel}{hidden} → {ending}"]
    unit = "residual blocks" if shape.residual else "convolutions"
    parts.append(f"{shape.depth} {unit if shape.depth > 1 else unit[:-1]} a stage")
    parts.append(shape.activation)
    return " · ".join(parts)


def layers(shape: CNNBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """From the input to the output layer, with the number of parameters of each."""
    sizes: dict[str, int] = {}
    for path, array in parameters.items():
        name = _owner(path.split("/"), shape)
        sizes[name] = sizes.get(name, 0) + array.size
    widths = {"stem": shape.filters[0], "beside": None, "output": shape.outputs.units}
    found = [Layer("input", int(np.prod(shape.inputs.image)), _input(shape), 0)]
    for name, size in sizes.items():
        if name == "output":
            continue
        what = _inside(name, shape)
        width = widths.get(name)
        if name.startswith(("stage", "up")):
            number = int(name.split()[1]) - 1
            places = shape.filters if name.startswith("stage") else shape.filters[-2::-1]
            width = places[number]
        elif name.startswith("hidden"):
            width = shape.hidden[int(name.split()[1]) - 1]
        found.append(Layer(name, width, what, size))
    output = shape.outputs.activation + (" at every pixel" if shape.outputs.image else "")
    found.append(Layer("output", shape.outputs.units, output, sizes.get("output", 0)))
    return found


def _owner(path: list[str], shape: CNNBuilder) -> str:
    if path[0] in ("stages", "down"):
        return f"stage {int(path[1]) + 1}"
    if path[0] in ("up", "hidden"):
        return f"{path[0]} {int(path[1]) + 1}"
    return path[0]


def _input(shape: CNNBuilder) -> str:
    return "pixels of " + "×".join(str(side) for side in shape.inputs.image)


def _inside(name: str, shape: CNNBuilder) -> str:
    kernel = "×".join(str(side) for side in shape.kernel)
    extras = [shape.activation, *["batch normalization"] * (shape.normalization == "batch")]
    if name == "stem":
        if shape.patch > 1:
            return ", ".join([f"patches of {shape.patch}", *extras])
        return ", ".join([f"convolution of {kernel}", *extras])
    if name.startswith("stage"):
        halves = shape.halves()[int(name.split()[1]) - 1] and not shape.outputs.image
        unit = "residual blocks" if shape.residual else "convolutions"
        words = f"{shape.depth} {unit if shape.depth > 1 else unit[:-1]} of {kernel}"
        return ", ".join([words, *[f"{shape.pooling} pooling"] * halves, *extras])
    if name.startswith("up"):
        return ", ".join([f"doubled, beside stage, convolutions of {kernel}", *extras])
    return shape.activation
