"""How much work one picture is: what chunks of steps are cut by."""

from __future__ import annotations

from math import prod

from ranvier.families.cnn.builder import CNNBuilder

PIXELS = 400_000  # that go through a trained network together: more take memory and no less time
FEWEST, MOST = 2, 2048  # rows


def products(shape: CNNBuilder) -> float:
    """How many weights times a number one row takes on its way, near enough."""
    if shape.outputs.image:
        return _of_unet(shape)
    channels, pixels = shape.inputs.image[-1], prod(shape.sides)
    taps = shape.kernel_size ** len(shape.sides)
    total, factor = 0.0, 1
    if shape.stem != "none":
        factor = shape.patch ** len(shape.sides)
        pixels //= factor
        inside = factor if shape.patch > 1 else taps
        total += pixels * channels * inside * shape.filters[0]
        channels = shape.filters[0]
    quarter = 2 ** len(shape.sides)
    for filters, halves in zip(shape.filters, shape.halves(), strict=True):
        first = pixels // quarter if halves and shape.pooling == "stride" else pixels
        later = pixels // quarter if halves else pixels
        total += first * taps * channels * filters
        total += (shape.depth * (1 + shape.residual) - 1) * later * taps * filters**2
        channels, pixels = filters, later
    width = channels * (pixels if shape.global_pooling == "none" else 1)
    for n in (*shape.hidden, shape.outputs.units):
        total += width * n
        width = n
    return total


def _of_unet(shape: CNNBuilder) -> float:
    """Each stage on the way down, and all but the lowest again on the way up, beside the former."""
    channels, total = shape.inputs.image[-1], 0.0
    for number, filters in enumerate(shape.filters):
        taps = shape.kernel_size**2 * prod(shape.sides) / 4**number  # of all pixels of the stage
        total += taps * filters * (channels + (shape.depth - 1) * filters)
        if number + 1 < len(shape.filters):
            below = shape.filters[number + 1]
            total += taps * filters * (below + filters + (shape.depth - 1) * filters)
        channels = filters
    return total


def rows_at_once(image: tuple[int, ...]) -> int:
    """Rows of so many pixels that go through a trained network together: a power of two."""
    rows = FEWEST
    while rows < MOST and 2 * rows * prod(image[:-1]) <= PIXELS:
        rows *= 2
    return rows
