"""A network as a list of steps, which every format is written from.

A step is a layer (dense, convolution, recurrent, ...) or an operation on arrays (add, reshape,
...); the kinds and their settings are listed in `kinds`. Arrays broadcast as NumPy's do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ranvier.errors import ExportError

Size = int | str  # of an axis; text: known only when the network runs, such as "b" or "2*b"
BATCH = "b"
STEPS, HEIGHT, WIDTH = "n", "h", "w"  # axes that may be free besides
WORDS = {BATCH: "rows", STEPS: "steps", HEIGHT: "height", WIDTH: "width"}  # for people


@dataclass(frozen=True, eq=False)
class Value:
    """An array that a step makes, or that comes in.

    Attributes:
        name: its own.
        shape: a number for each axis, or an expression in the sizes that the inputs bring.
        dtype: NumPy's name of it.
    """

    name: str
    shape: tuple[Size, ...]
    dtype: str


@dataclass(frozen=True, eq=False)
class Constant:
    """An array of numbers that are known: weights, or what follows from them.

    Attributes:
        array: the numbers.
        name: the path of the weights that it comes from; "" of anything else.
    """

    array: np.ndarray
    name: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """A number for each axis."""
        return tuple(self.array.shape)

    @property
    def dtype(self) -> str:
        """NumPy's name of it."""
        return self.array.dtype.name


Operand = Value | Constant


@dataclass(eq=False)
class Step:
    """One layer or operation.

    Attributes:
        kind: see `kinds`.
        inputs: what enters; None for an input that the kind allows to be left out.
        outputs: what leaves.
        settings: by name, plain data.
        name: of a layer, the path in the network; "" of an operation.
    """

    kind: str
    inputs: tuple[Operand | None, ...]
    outputs: tuple[Value, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(eq=False)
class Graph:
    """The whole.

    Attributes:
        inputs: what comes in, by name.
        outputs: what goes out, by name; a constant where nothing depends on the inputs.
        steps: in an order in which they can be done.
    """

    inputs: dict[str, Value]
    outputs: dict[str, Operand]
    steps: list[Step]

    def source(self, size: Size) -> tuple[Value, int]:
        """The first input that brings a size, and along which axis.

        Raises:
            ExportError: none does.
        """
        return source_of(self.inputs.values(), size)

    def uses(self) -> dict[Value, int]:
        """How many steps and outputs read each value."""
        counts: dict[Value, int] = {}
        for operand in (*self.outputs.values(), *_read(self.steps)):
            if isinstance(operand, Value):
                counts[operand] = counts.get(operand, 0) + 1
        return counts

    def pruned(self) -> Graph:
        """Without the steps that nothing depends on."""
        needed = {value for value in self.outputs.values() if isinstance(value, Value)}
        kept: list[Step] = []
        for step in reversed(self.steps):
            if any(output in needed for output in step.outputs):
                kept.append(step)
                needed.update(value for value in step.inputs if isinstance(value, Value))
        return Graph(self.inputs, self.outputs, kept[::-1])


def source_of(inputs: Iterable[Value], size: Size) -> tuple[Value, int]:
    """See `Graph.source`."""
    for value in inputs:
        if size in value.shape:
            return value, value.shape.index(size)
    raise ExportError(f"The size {size} of an array is that of no input, and cannot be exported.")


def words_of(shape: Iterable[Size]) -> list[Size]:
    """Sizes as people read them: "steps" in place of "n"."""
    return [WORDS.get(size, size) if isinstance(size, str) else size for size in shape]


def _read(steps: Iterable[Step]) -> Iterable[Operand | None]:
    return (operand for step in steps for operand in step.inputs)
