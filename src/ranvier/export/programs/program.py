"""A function with its weights, its inputs by name, and rows to try it with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import jax
import numpy as np

from ranvier.export.graph import BATCH, STEPS, Graph, Size

Arrays = dict[str, np.ndarray]
Function = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


class Fitted(Protocol):
    """What is asked of a fitted model."""

    preprocessor_: Any
    _outcome: Any
    _coder: Any
    _columns: Any

    def _builder(self) -> Any: ...


@dataclass(frozen=True)
class Tensor:
    """An input.

    Attributes:
        shape: of all but the first axis, which is the batch's; text where a size is free.
        dtype: NumPy's name.
        about: what stands in it, for people.
    """

    shape: tuple[Size, ...]
    dtype: str
    about: str

    def sized(self, usual: Mapping[str, int]) -> tuple[int, ...]:
        """The shape with free sizes as they usually are."""
        return tuple(size if isinstance(size, int) else usual[size] for size in self.shape)


@dataclass(frozen=True)
class Program:
    """What a format is written from.

    Attributes:
        inputs: by name.
        function: of weights and inputs, both by name, to named results, made of JAX.
        weights: by path.
        rows: inputs by name, (N, ...): what the file is checked with.
        answers: what the model itself says of these rows, by the name of the result.
        units: how large a unit of each result is, in which differences are measured.
        about: what else a reader of the file has to know, as JSON can hold it.
        usual: for each size that is free besides the batch's, what it was in training.
    """

    inputs: Mapping[str, Tensor]
    function: Function
    weights: Arrays
    rows: Arrays
    answers: Arrays
    units: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    usual: Mapping[str, int] = field(default_factory=dict)

    def fixed(self) -> Program:
        """The same for no other than the usual sizes."""
        tensors = {
            name: replace(tensor, shape=tensor.sized(self.usual))
            for name, tensor in self.inputs.items()
        }
        return replace(self, inputs=tensors, usual={})

    def smaller(self) -> Program:
        """The same with rows of other sizes, where those are free."""
        sizes = {
            symbol: max(1, size // 2 - place)
            for place, (symbol, size) in enumerate(self.usual.items())
        }
        rows = dict(self.rows)
        for name, tensor in self.inputs.items():
            cut = [slice(sizes.get(size)) if isinstance(size, str) else slice(None)
                   for size in tensor.shape]  # fmt: skip
            rows[name] = np.ascontiguousarray(rows[name][:, *cut])
        if "lengths" in rows and STEPS in sizes:
            rows["lengths"] = np.minimum(rows["lengths"], sizes[STEPS])
        return replace(self, rows=rows, answers=answers(self.function, self.weights, rows))

    def graph(self) -> Graph:
        """The function as layers and operations.

        Raises:
            ExportError: it does what no format can hold.
        """
        from ranvier.export.canonical import canonical
        from ranvier.export.fusing import fused
        from ranvier.export.tracing import traced

        sizes: dict[str, tuple[tuple[Size, ...], str]] = {
            name: ((BATCH, *tensor.shape), tensor.dtype) for name, tensor in self.inputs.items()
        }
        return fused(canonical(traced(self.function, self.weights, sizes)))


def answers(function: Function, weights: Arrays, rows: Arrays) -> Arrays:
    """What a function makes of rows, with JAX."""
    wide = any(array.dtype == np.float64 for array in rows.values())
    with jax.enable_x64(wide):
        found = jax.jit(function)(weights, rows)
    return {name: np.asarray(array) for name, array in found.items()}
