"""What a network holds: its layers, and arrays that are no layer's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.export.graph import Constant, Step, Value
from ranvier.export.kinds import ELEMENTWISE
from ranvier.export.source.dialect import Dialect, Layer
from ranvier.export.source.expressions import Text, index, number
from ranvier.export.text import Names, call

ROLES = {
    "subtract": "center", "multiply": "scale", "divide": "scale", "add": "offset",
}  # fmt: skip


@dataclass(frozen=True)
class Attribute:
    """One thing that a network holds.

    Attributes:
        path: in the network that was trained.
        made: lines of the constructor that make it, by the name that it gets.
        weights: by what stands behind its name in the file of weights.
    """

    path: str
    made: Callable[[str], list[str]]
    weights: dict[str, np.ndarray]


class Held:
    """The attributes of the network, each made in the constructor.

    Attributes:
        attributes: by name.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.attributes: dict[str, Attribute] = {}
        self._dialect = dialect
        self._names = Names({*dialect.reserved, "blocks"})
        self._layers: dict[Step, str] = {}
        self._twins: dict[Any, str] = {}
        self._arrays: dict[Any, str] = {}

    def layer(self, step: Step, layer: Layer) -> Text:
        """The attribute of a layer; one of the same place in the network is the same layer."""
        paths = tuple(o.name for o in step.inputs if isinstance(o, Constant))
        twin = (layer.made, tuple(layer.arguments), paths, _numbers(layer.weights))
        if step not in self._layers and layer.weights and twin in self._twins:
            self._layers[step] = self._twins[twin]
        if step not in self._layers:
            name = self._names.one(step.name or step.kind)
            self._layers[step] = self._twins[twin] = name
            self.attributes[name] = Attribute(
                step.name,
                lambda name: call(f"self.{name} = {layer.made}", layer.arguments, indent=2),
                {f".{key}": array for key, array in layer.weights.items()},
            )
        return Text(f"self.{self._layers[step]}")

    def constant(self, constant: Constant, step: Step) -> Text:
        """Numbers that are known: in place where it is one, and else an attribute."""
        array = constant.array
        if step.kind in (*ELEMENTWISE, "clamp") and _is_spread(step, constant):
            if array.size == 1:
                return number(array)
            array = array.reshape(_without_ones(array.shape))
        counts = array.dtype.kind in "iu" and array.size > 1 and array.size in array.shape
        if counts and np.array_equal(array.ravel(), np.arange(array.size)):
            along = array.shape.index(array.size)
            name = self._array(np.arange(array.size), "positions", "", counts=True)
            parts = [":" if axis == along else "None" for axis in range(array.ndim)]
            return index(self._dialect.read(name), parts)
        name = self._array(array, constant.name or _role(array, step), constant.name)
        return self._dialect.read(name)

    def _array(self, array: np.ndarray, wanted: str, path: str, counts: bool = False) -> str:
        key = (path, array.dtype.name, array.shape, array.tobytes(), counts)
        if key not in self._arrays:
            name = self._names.one(wanted)
            self._arrays[key] = name
            if counts:
                self._dialect.counted(name, array.size)
            self.attributes[name] = Attribute(
                path,
                lambda name: (
                    self._dialect.counted(name, array.size)
                    if counts
                    else self._dialect.held(name, Constant(array, path))
                ),
                {} if counts else {"": array},
            )
        return self._arrays[key]


def _is_spread(step: Step, constant: Constant) -> bool:
    """Whether another operand has all axes already."""
    rank = len(step.outputs[0].shape)
    return any(isinstance(o, Value) and len(o.shape) == rank for o in step.inputs)


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Without axes of 1 at the beginning."""
    while shape and shape[0] == 1:
        shape = shape[1:]
    return shape


def _role(array: np.ndarray, step: Step) -> str:
    """What numbers without a name are for."""
    if step.kind == "multiply" and _is_rotation(array):
        return "cosines" if math.isclose(float(array.ravel()[0]), 1.0) else "sines"
    return ROLES.get(step.kind, "numbers")


def _is_rotation(array: np.ndarray) -> bool:
    """Whether it holds the cosines or sines of positions, the first being 0."""
    rows = array.reshape(array.shape[-3] if array.ndim > 2 else len(array), -1)
    begins = np.all(rows[0] == 1) or np.all(rows[0] == 0)
    angles = np.arccos(np.clip(rows[-1], -1, 1)) if np.all(rows[0] == 1) else rows[-1]
    return bool(array.ndim > 1 and begins and np.all(np.abs(rows) <= 1) and np.any(angles != 0))


def _numbers(weights: Mapping[str, np.ndarray]) -> tuple[Any, ...]:
    """What tells weights from others."""
    return tuple((name, array.shape, array.tobytes()) for name, array in weights.items())
