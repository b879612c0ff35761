"""What is written of a graph while one goes through its steps."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.fusing import broadcast
from ranvier.export.graph import Constant, Graph, Operand, Step, Value
from ranvier.export.kinds import ELEMENTWISE
from ranvier.export.text import Names, call, literal, shape_text
from ranvier.export.variables import LETTERS, variables

Arrays = dict[str, np.ndarray]
Twin = bytes  # the same for layers of one kind, with the same settings and weights
SHORTEST = 16  # numbers that are written in place; longer arrays are weights
RESERVED = ("keras", "np", "zero", "constant", "build", "load", "network")
# Kinds whose known arrays are the weights of a layer.
LAYERS = {
    "dense", "convolution", "transposed_convolution", "batch_normalization",
    "layer_normalization", "rms_normalization", "recurrent", "embedding",
}  # fmt: skip


@dataclass
class Writer:
    """The lines of `build`, and the weights by layer and variable.

    Attributes:
        graph: what is written.
        shared: layers that are known to be called more than once: each has a variable of its own.
        names: of layers.
        lines: one or more a step.
        weights: by "layer/variable".
        seen: how often each layer is called.
    """

    graph: Graph
    shared: frozenset[Twin] = frozenset()
    names: Names = field(init=False)
    lines: list[str] = field(default_factory=list)
    weights: Arrays = field(default_factory=dict)
    seen: Counter[Twin] = field(default_factory=Counter)
    _made: dict[Twin, str] = field(default_factory=dict)
    _constants: dict[bytes, tuple[str, Constant]] = field(default_factory=dict)
    _variables: dict[Value, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = Names((*self.graph.inputs, *RESERVED, *LETTERS, "mask"))
        for step in self.graph.steps:
            if step.kind not in LAYERS and not is_sum_with_weights(step):
                for place in range(len(step.inputs)):
                    self._note(step, place)
        taken = [name for name, _ in self._constants.values()]
        self._variables = variables(self.graph, (*RESERVED, *taken))

    @property
    def constants(self) -> list[tuple[str, Constant]]:
        """Known arrays that are too long to stand in the text, with their names."""
        return list(self._constants.values())

    def _note(self, step: Step, place: int) -> None:
        """Give a long array a name."""
        known = step.inputs[place]
        if not isinstance(known, Constant):
            return
        known = _shortened(step, place)
        is_long = known.array.size > SHORTEST and not _is_count(known.array)
        if is_long and _key(known) not in self._constants:
            self._constants[_key(known)] = self.names.one(known.name or "table"), known

    def variable(self, value: Operand | None) -> str:
        """The variable that holds it."""
        if not isinstance(value, Value):
            raise ExportError(
                "A layer reads an array that does not depend on the inputs, which Keras cannot "
                "hold."
            )
        return self._variables[value]

    def line(self, value: Value, axis: int) -> str:
        """The first numbers of an input along an axis, which tell how long that is."""
        places = [":" if place == axis else "0" for place in range(len(value.shape))]
        while places and places[-1] == ":":
            places.pop()
        return f"{self.variable(value)}[{', '.join(places)}]" if places else self.variable(value)

    def operand(self, step: Step, place: int) -> str:
        """An input of an operation: a variable, or a known array as text."""
        operand = step.inputs[place]
        if not isinstance(operand, Constant):
            return self.variable(operand)
        operand = _shortened(step, place)
        if _key(operand) in self._constants:
            return self._constants[_key(operand)][0]
        array = operand.array
        if array.ndim == 0:
            return literal(array)
        if _is_count(array):
            return f'np.arange({array.size}, dtype="{array.dtype.name}")'
        return f'np.array({literal(array)}, "{array.dtype.name}")'

    def assign(
        self, step: Step, head: str, arguments: list[str], tail: str = "", comment: str = ""
    ) -> None:
        """One more line: the result is what a call gives."""
        output = self.variable(step.outputs[0])
        comment = comment or _comment(step)
        self.lines += call(f"{output} = {head}", arguments, tail, comment=comment)

    def layer(
        self,
        step: Step,
        kind: str,
        arguments: list[str],
        weights: Arrays | None = None,
        *,
        into: str = "",
        heads: str = "",
    ) -> None:
        """One more line: a layer of Keras with its weights, in Keras's order and names.

        Args:
            step: whose first output it makes.
            kind: of the layer.
            arguments: of its class.
            weights: by Keras's names.
            into: what it is called with; "": the first input.
            heads: what holds its results; "": the variable of the first output.
        """
        into = into or self.variable(step.inputs[0])
        heads = heads or self.variable(step.outputs[0])
        comment, made = _comment(step), f"keras.layers.{kind}"
        if not weights:
            self.lines += call(f"{heads} = {made}", arguments, f"({into})", comment=comment)
            return
        twin = _twin(step, kind, arguments, weights)
        self.seen[twin] += 1
        if twin not in self.shared:
            named = [*arguments, f'name="{self._named(step, weights)}"']
            self.lines += call(f"{heads} = {made}", named, f"({into})", comment=comment)
            return
        if twin not in self._made:
            self._made[twin] = name = self._named(step, weights)
            self.lines += call(f"{name} = {made}", [*arguments, f'name="{name}"'])
        self.lines += call(f"{heads} = {self._made[twin]}", [into], comment=comment)

    def _named(self, step: Step, weights: Arrays) -> str:
        """The name of a layer, under which its weights are kept."""
        name = self.names.one(step.name or step.kind)
        self.weights.update(
            (f"{name}/{variable}", np.ascontiguousarray(array))
            for variable, array in weights.items()
        )
        return name


def _twin(step: Step, kind: str, arguments: list[str], weights: Arrays) -> Twin:
    """What two layers have in common that are the same, with the same paths in the network."""
    paths = [o.name for o in step.inputs if isinstance(o, Constant)]
    ranks = [len(o.shape) for o in step.inputs if isinstance(o, Value)]
    numbers = [(name, array.shape, array.tobytes()) for name, array in weights.items()]
    return hashlib.sha256(repr((kind, arguments, paths, ranks, numbers)).encode()).digest()


def array_of(operand: Operand | None) -> np.ndarray:
    """The numbers of a weight.

    Raises:
        ExportError: they are only known when the network runs.
    """
    if not isinstance(operand, Constant):
        raise ExportError(
            "A layer's weights are computed from the inputs, which Keras's layers do not know."
        )
    return operand.array


def optional(name: str, operand: Operand | None) -> Arrays:
    """A weight by its name, or none where it is left out."""
    return {} if operand is None else {name: array_of(operand)}


def without(name: str, operand: Operand | None) -> list[str]:
    """The setting that leaves a weight out."""
    return [f"use_{name}=False"] if operand is None else []


def is_sum_with_weights(step: Step) -> bool:
    """Whether a sum of products has one side that is known."""
    return step.kind == "einsum" and any(isinstance(o, Constant) for o in step.inputs)


def _shortened(step: Step, place: int) -> Constant:
    """A known array without the axes that broadcasting gives it back."""
    known = step.inputs[place]
    assert isinstance(known, Constant)
    if step.kind not in ELEMENTWISE:
        return known
    others = [o.shape for n, o in enumerate(step.inputs) if n != place and o is not None]
    array = known.array
    while array.ndim and array.shape[0] == 1:
        if broadcast([*others, array.shape[1:]]) != step.outputs[0].shape:
            break
        array = array[0]
    return Constant(array, known.name)


def _is_count(array: np.ndarray) -> bool:
    """Whether the numbers are 0, 1, 2, ..."""
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        return False
    return np.array_equal(array, np.arange(array.size))


def _key(constant: Constant) -> bytes:
    return repr((constant.dtype, constant.shape)).encode() + constant.array.tobytes()


def _comment(step: Step) -> str:
    """The shape of the result, where it is not the first input's."""
    first = next((o for o in step.inputs if isinstance(o, Value)), None)
    shape = step.outputs[0].shape
    return "" if first is not None and first.shape == shape else shape_text(shape)
