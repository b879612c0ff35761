"""How much work one sequence is: what chunks of steps are cut by."""

from __future__ import annotations

from ranvier.families.rnn.branches import KERNELS
from ranvier.families.rnn.builder import RNNBuilder
from ranvier.layers.recurrent.cells import CELLS

FORECAST = 8  # a step ahead is this much more work than one number


def products(shape: RNNBuilder) -> float:
    """How many weights times a number the longest row takes on its way, near enough."""
    width, total = shape.width, 0.0
    for units in shape.units:
        total += (width + units) * CELLS[shape.cell].gates * units * shape.directions
        width = units * shape.directions
    channels = shape.width
    for number, filters in enumerate(shape.convolutions):
        total += channels * filters * KERNELS[min(number, len(KERNELS) - 1)]
        channels = filters
    if shape.inputs.window is not None:
        return total * shape.steps + width * shape.outputs.units * FORECAST
    answers = shape.steps if shape.each_step else 1
    return total * shape.steps + width * shape.outputs.units * answers
