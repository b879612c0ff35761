"""What a framework has to say of itself, for a graph to be written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import Constant, Graph, Operand, Step, Value
from ranvier.export.source.expressions import Text

Lengths = Mapping[str, str]


class Layer(NamedTuple):
    """An object that the network holds.

    Attributes:
        made: the function that makes it, such as "nn.Linear".
        arguments: of that function.
        weights: by their names within the layer, as the framework lays them out.
        reads: what enters when it is called.
        call: (the layer, what enters) to an expression.
    """

    made: str
    arguments: list[str]
    weights: Mapping[str, np.ndarray]
    reads: tuple[Value, ...]
    call: Callable[[Text, list[Text]], Text]


class Dialect(Protocol):
    """A framework.

    Attributes:
        reserved: names that its modules bear already.
        zeros: of shape and dtype, as text: the numbers of an array before they are read.
    """

    reserved: frozenset[str]

    def prepared(self, graph: Graph) -> Graph:
        """With the axes where the framework wants them."""

    def layer(self, step: Step) -> Layer | None:
        """The layer of a step; None where it is an operation."""

    def operation(self, step: Step, operands: list[Text], lengths: Lengths) -> Text:
        """An operation on expressions; `lengths`: how sizes are written that are not known."""

    def held(self, name: str, constant: Constant) -> list[str]:
        """Lines of the constructor that make room for an array."""

    def counted(self, name: str, count: int) -> list[str]:
        """Lines of the constructor that make the numbers 0, 1, 2, ..."""

    def read(self, name: str) -> Text:
        """The array again."""


def called(layer: Text, operands: list[Text]) -> Text:
    """self.layer(x)."""
    return Text(f"{layer.words}({', '.join(operand.words for operand in operands)})")


def weight(step: Step, place: int) -> np.ndarray:
    """The numbers of a layer.

    Raises:
        ExportError: they are computed while the network runs.
    """
    operand: Operand | None = step.inputs[place]
    if not isinstance(operand, Constant):
        raise ExportError(
            f"The {step.kind} layer has weights that are computed from its inputs, which source "
            "code of layers cannot hold: use another format."
        )
    return operand.array


def entering(step: Step) -> Value:
    """What enters a layer.

    Raises:
        ExportError: numbers that are known already.
    """
    x = step.inputs[0]
    if not isinstance(x, Value):
        raise ExportError(f"A {step.kind} layer of numbers that are known cannot be exported.")
    return x


def bias(step: Step, place: int = 2) -> np.ndarray | None:
    """The numbers of a bias, if there is one."""
    found = step.inputs[place] if len(step.inputs) > place else None
    return None if found is None else weight(step, place)


def unknown(step: Step, framework: str) -> ExportError:
    """For a step that nothing is written for."""
    return ExportError(f'The step "{step.kind}" has no form in {framework} yet: use format="onnx".')
