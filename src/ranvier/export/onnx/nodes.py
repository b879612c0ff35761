"""The file's nodes and numbers as they are collected, and which arrays have channels first."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ranvier.export.graph import Constant, Operand, Size, Value, source_of
from ranvier.export.symbols import terms

FULL = np.iinfo(np.int64).max  # as the end of a slice: all that is there


class Nodes:
    """What a file will hold.

    ONNX has channels before sides, and Ranvier behind them. What a convolution makes is kept as
    ONNX has it, and turned only where something else asks for it.

    Args:
        inputs: of the graph, which bring the sizes that are not known.
    """

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.numbers: list[onnx.TensorProto] = []
        self._inputs = inputs
        self._names: dict[int, str] = {}  # of constants
        self._known: dict[tuple[Any, ...], str] = {}
        self._first: dict[Value, str] = {}  # with channels first
        self._plain: set[Value] = set()  # made as they are
        self._count = 0
        self._sizes: dict[str, str] = {}

    def add(self, op: str, inputs: Sequence[str], output: str = "", **settings: Any) -> str:
        """One node with one output, whose name is given back."""
        output = output or self.fresh(op.lower())
        self.several(op, inputs, [output], **settings)
        return output

    def several(
        self, op: str, inputs: Sequence[str], outputs: Sequence[str], **settings: Any
    ) -> None:
        """One node."""
        self.nodes.append(helper.make_node(op, inputs, outputs, **settings))

    def fresh(self, word: str) -> str:
        """A name that nothing has."""
        self._count += 1
        return f"{word}_{self._count}"

    def name(self, operand: Operand) -> str:
        """The name of an array as Ranvier has it; numbers become part of the file."""
        if isinstance(operand, Constant):
            return self.number(operand.array, operand.name)
        if operand not in self._plain and operand in self._first:
            rank = len(operand.shape)
            axes = [0, *range(2, rank), 1]
            self.add("Transpose", [self._first[operand]], operand.name, perm=axes)
        self._plain.add(operand)
        return operand.name

    def number(self, array: Any, name: str = "") -> str:
        """The name of numbers, which stand in the file once."""
        array = np.asarray(array)
        key = (name, array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            taken = name in self._known.values() or not name
            self._known[key] = self.fresh(name or "number") if taken else name
            self.numbers.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def made(self, value: Value) -> str:
        """The name under which a value is made as it is."""
        self._plain.add(value)
        return value.name

    def is_first(self, operand: Operand | None) -> bool:
        """Whether it is there with channels first."""
        return isinstance(operand, Value) and operand in self._first

    def first(self, operand: Operand) -> str:
        """The name of (B, ..., C) as (B, C, ...)."""
        if isinstance(operand, Value) and operand in self._first:
            return self._first[operand]
        rank = len(operand.shape)
        axes = [0, rank - 1, *range(1, rank - 1)]
        turned = self.add("Transpose", [self.name(operand)], perm=axes)
        if isinstance(operand, Value):
            self._first[operand] = turned
        return turned

    def made_first(self, value: Value) -> str:
        """The name under which a value is made with channels first."""
        self._first[value] = f"{value.name}_first"
        return self._first[value]

    def shape(self, sizes: Sequence[Size]) -> str:
        """A shape as numbers of the file, counted while it runs where sizes are not known."""
        if all(isinstance(size, int) for size in sizes):
            return self.number(np.array(sizes, np.int64))
        parts = [
            self.number(np.array([size], np.int64)) if isinstance(size, int) else self._size(size)
            for size in sizes
        ]
        return self.add("Concat", parts, axis=0)

    def _size(self, words: str) -> str:
        """A sum of products of numbers and sizes, (1,)."""
        parts = []
        for name, count in terms(words).items():
            factors = [self._along(symbol) for symbol in name.split("*") if symbol]
            factors += [self._one(count)] if count != 1 or not factors else []
            parts.append(functools.reduce(lambda a, b: self.add("Mul", [a, b]), factors))
        return functools.reduce(lambda a, b: self.add("Add", [a, b]), parts)

    def _along(self, symbol: str) -> str:
        if symbol not in self._sizes:
            source, axis = source_of(self._inputs, symbol)
            whole = self.add("Shape", [source.name])
            self._sizes[symbol] = self.add("Gather", [whole, self._one(axis)], axis=0)
        return self._sizes[symbol]

    def _one(self, number: int) -> str:
        return self.number(np.array([number], np.int64))
