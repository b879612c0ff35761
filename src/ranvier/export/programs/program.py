"""A function with its weights, its inputs by name, and rows to try it with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import jax
import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import BATCH, STEPS, Graph, Size

Arrays = dict[str, np.ndarray]
Trials = Sequence[Mapping[str, np.ndarray]]  # several tables of rows, inputs by name
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
        """The same for no other than the usual sizes, with the rows that are no longer.

        Raises:
            ExportError: all of them are.
        """
        tensors = {
            name: replace(tensor, shape=tensor.sized(self.usual))
            for name, tensor in self.inputs.items()
        }
        rows, answers = dict(self.rows), dict(self.answers)
        longest = self.usual.get(STEPS, 0)
        stepped = [name for name, tensor in self.inputs.items() if STEPS in tensor.shape]
        if any(rows[name].shape[1] > longest for name in stepped):
            fits = rows["lengths"] <= longest if "lengths" in rows else np.zeros(1, bool)
            if not fits.any():
                raise ExportError(
                    f"This format holds the network for rows of {longest:,} steps, the longest in "
                    "training, and all rows to try it with are longer: pass others."
                )
            answers = {name: array[fits] for name, array in answers.items()}
            rows = {name: array[fits] for name, array in rows.items()}
            rows |= {name: np.ascontiguousarray(rows[name][:, :longest]) for name in stepped}
        return replace(self, inputs=tensors, usual={}, rows=rows, answers=answers)

    def resized(self) -> Program:
        """The same with rows of other sizes, where those are free: smaller ones, where they can."""
        sizes = {
            symbol: max(1, size // 2 - place) if size > 1 else 2
            for place, (symbol, size) in enumerate(self.usual.items())
        }
        rows = dict(self.rows)
        for name, tensor in self.inputs.items():
            for axis, symbol in enumerate(tensor.shape, 1):
                if isinstance(symbol, str):
                    rows[name] = _of_size(rows[name], axis, sizes[symbol])
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


def _of_size(array: np.ndarray, axis: int, size: int) -> np.ndarray:
    """Cut along an axis, or filled up with zeros."""
    more = size - array.shape[axis]
    if more > 0:
        return np.pad(array, [(0, more if n == axis else 0) for n in range(array.ndim)])
    cut = [slice(size) if n == axis else slice(None) for n in range(array.ndim)]
    return np.ascontiguousarray(array[tuple(cut)])
