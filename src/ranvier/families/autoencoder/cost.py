"""How much one row takes on its way through an autoencoder."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from ranvier.families.autoencoder.builder import AutoencoderBuilder

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
NUMBERS = 1 << 21  # of the rows that go through a trained network together
FEWEST, MOST = 64, 2048


def products(shape: AutoencoderBuilder) -> float:
    """Weights times a number."""
    total = 2.0 * shape.linear * shape.numbers * shape.dimensions
    first = shape.numbers
    if shape.form == "sequence":
        steps, channels = shape.shape
        gates, units = GATES[shape.cell], shape.units
        total += 2 * steps * gates * units * (channels + units)  # both ways
        total += steps * units * (gates * 2 * units + channels)
        first = 2 * units
    elif shape.maps:
        channels, taps = shape.shape[-1], shape.kernel_size**2
        for height, width, filters in shape.maps:
            total += 2 * height * width * taps * channels * filters * 2.5  # the way back is 4 times
            channels = filters
        first = prod(shape.maps[-1])
    chain = (first, *shape.hidden, shape.dimensions)
    return total + 2.0 * sum(one * other for one, other in pairwise(chain))


def rows_at_once(row: tuple[int, ...]) -> int:
    """Rows of this shape that go through a trained network together: a power of two."""
    rows = FEWEST
    while rows < MOST and 2 * rows * prod(row) <= NUMBERS:
        rows *= 2
    return rows
