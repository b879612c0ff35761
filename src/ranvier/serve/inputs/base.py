"""The rows of a request, whatever they are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.serve.faults import Fault, bad
from ranvier.serve.tensors import TensorSpec

Array = np.ndarray[Any, Any]

WHOLE = "inputs"  # the tensor of a model that takes one


class Inputs(ABC):
    """What one model takes.

    Everything named `of_...` checks one request by itself, so that a bad row is refused before it
    is put together with those of others.

    Attributes:
        kind: what a row is, such as "table" or "picture".
        specs: the tensors that it takes.
    """

    kind: str
    specs: tuple[TensorSpec, ...]

    @abstractmethod
    def of_tensors(self, given: Mapping[str, Array]) -> Any:
        """The rows of named tensors.

        Raises:
            Fault: other tensors, shapes or values than this model takes.
        """

    @abstractmethod
    def of_rows(self, rows: list[Any]) -> Any:
        """The rows of a JSON list.

        Raises:
            Fault: rows that this model does not take.
        """

    def of_csv(self, data: bytes) -> Any:
        """The rows of a table as text.

        Raises:
            Fault: this model takes no tables, or other ones.
        """
        del data
        raise Fault(415, f"This model takes {self.kind}s, which CSV cannot hold: send JSON.")

    def of_files(self, files: Sequence[tuple[str, bytes]], cells: Mapping[str, str]) -> Any:
        """The rows of files, (name, content) each, with the cells that go with each of them.

        Raises:
            Fault: this model takes no files, or one cannot be read.
        """
        del files, cells
        raise Fault(415, f"This model takes {self.kind}s, not files: send JSON.")

    @abstractmethod
    def count(self, rows: Any) -> int:
        """How many rows there are."""

    @abstractmethod
    def together(self, parts: Sequence[Any]) -> Any:
        """The rows of several requests, one after the other."""

    @abstractmethod
    def prepared(self, rows: Any) -> Any:
        """As the network takes them: a dictionary of arrays (N, ...)."""

    @abstractmethod
    def examples(self, rows: Any) -> Any:
        """As the model's own methods take them."""

    @abstractmethod
    def samples(self) -> Iterator[Any]:
        """One row for each shape that the network is compiled for."""

    def described(self) -> dict[str, Any]:
        """Plain data for the page: what to ask a person for."""
        return {"kind": self.kind}

    def tensors(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """The tensors by name, all there and no other.

        Raises:
            Fault: one is missing, or there is another.
        """
        known = {spec.name for spec in self.specs}
        listed = ", ".join(f'"{spec.name}"' for spec in self.specs[:20])
        for name in given:
            if name not in known:
                raise bad(f'This model takes no tensor "{name:.60}"; it takes {listed}.')
        for spec in self.specs:
            if spec.name not in given and not spec.optional:
                raise bad(f'The tensor "{spec.name}" is missing; this model takes {listed}.')
        return dict(given)


def numbers_of(array: Array, name: str) -> Array:
    """An array as numbers without infinities.

    Raises:
        Fault: text, or an infinity.
    """
    if array.dtype.kind not in "fiub":
        raise bad(f"{name} must hold numbers; it holds text.")
    if array.dtype.kind == "f" and np.isinf(array).any():
        raise bad(f"{name} must hold finite numbers, or NaN (null in JSON) for missing ones.")
    return array


def some(rows: int) -> None:
    """Refuse a request without rows."""
    if rows == 0:
        raise bad("A request needs at least one row; this one has none.")


def without(cells: Mapping[str, str]) -> None:
    """Refuse cells beside files, where the model takes none."""
    for name in cells:
        raise bad(f'This model takes files alone; the form has a field "{name:.60}" beside them.')
