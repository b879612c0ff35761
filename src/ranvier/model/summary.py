"""What a network is made of, as a small table in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One line of the summary.

    Attributes:
        name: "input", "hidden 1", ..., "output".
        neurons: its width, where one number says it.
        what: activation and extras in words.
        parameters: trainable numbers.
    """

    name: str
    neurons: int | None
    what: str
    parameters: int


def render(title: str, layers: Sequence[Layer], reason: str) -> str:
    """The table, the depth and the reason for the output layer."""
    head = ("layer", "neurons", "parameters", "")
    rows = [
        (
            layer.name,
            "" if layer.neurons is None else f"{layer.neurons:,}",
            f"{layer.parameters:,}",
            layer.what,
        )
        for layer in layers
    ]
    total = sum(layer.parameters for layer in layers)
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(3)]
    deep = f" · {depth(layers)}" if any(layer.name == "hidden 1" for layer in layers) else ""
    lines = [title, ""]
    for row in [head, *rows]:
        cells = (row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].rjust(widths[2]), row[3])
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", f"{total:,} parameters{deep}", f"output layer: {reason}"])


def depth(layers: Sequence[Layer]) -> str:
    """How many hidden layers, and which side of the usual line that is."""
    hidden = sum(layer.name.startswith("hidden") for layer in layers)
    if hidden == 1:
        return "1 hidden layer: classical machine learning (deep learning begins at two)"
    return f"{hidden} hidden layers: deep learning"
