"""What a model does with requests: reads them, answers several at once, says what it takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.model import Model
from ranvier.serve.faults import Fault, bad
from ranvier.serve.tensors import TensorSpec, datatype_of

Array = np.ndarray[Any, Any]
Answer = dict[str, Array]  # by the tensor's name


class Service(ABC):
    """One model's door.

    What `read_...` gives goes to `answer` as it is, or put together with others by `together`.

    Attributes:
        model: fitted.
        takes, gives: its tensors.
        batches: whether the rows of several requests can be answered at once.
        facts: what else a client may want to know, plain data.
    """

    takes: tuple[TensorSpec, ...]
    gives: tuple[TensorSpec, ...]
    batches: bool = False

    def __init__(self, model: Model) -> None:
        self.model = model
        self.facts: dict[str, Any] = {"family": model.family, "task": model.task_}

    @abstractmethod
    def read_tensors(self, given: Mapping[str, Array]) -> Any:
        """What is asked, of named tensors.

        Raises:
            Fault: not what this model takes.
        """

    @abstractmethod
    def read_json(self, asked: Any) -> Any:
        """The same of a JSON document."""

    def read_csv(self, data: bytes) -> Any:
        """The same of a table as text."""
        del data
        raise Fault(415, "This model takes no tables: send JSON.")

    def read_files(self, files: Sequence[tuple[str, bytes]], cells: Mapping[str, str]) -> Any:
        """The same of files, (name, content) each, and of the fields of the form beside them."""
        del files, cells
        raise Fault(415, "This model takes no files: send JSON.")

    def count(self, asked: Any) -> int:
        """How many rows it is."""
        del asked
        return 1

    def together(self, several: Sequence[Any]) -> Any:
        """Several requests as one; only where `batches`."""
        raise NotImplementedError

    @abstractmethod
    def answer(self, asked: Any) -> Answer:
        """What the model says, a row of each tensor for each row where `batches`."""

    @abstractmethod
    def warm(self) -> None:
        """Compile whatever answers need, and learn from the answers what `gives` is."""

    def shown(self, answer: Answer) -> dict[str, Any]:
        """An answer for people: plain JSON."""
        return {name: plain(array) for name, array in answer.items()}

    def explained(self, asked: Any) -> dict[str, Any]:
        """What moved the answer for the first row, plain JSON for the page."""
        del asked
        raise Fault(404, f"{type(self.model).__name__} explains nothing of its answers here.")

    def form(self) -> dict[str, Any]:
        """Plain data for the page: what to ask a person for."""
        return {"kind": "json"}


def specs_of(answer: Answer) -> tuple[TensorSpec, ...]:
    """The tensors of an answer, whatever the number of rows."""
    return tuple(
        TensorSpec(name, datatype_of(array), (-1, *array.shape[1:]))
        for name, array in answer.items()
    )


def plain(array: Array) -> Any:
    """An array for the JSON writer, which takes arrays of numbers as they are."""
    if array.dtype.kind in "biuf" and array.dtype != np.float16:
        return np.ascontiguousarray(array)
    return array.tolist()


def listed(asked: Any) -> list[Any]:
    """The rows of a JSON document: {"rows": [...]} or a list.

    Raises:
        Fault: neither.
    """
    rows = asked
    if isinstance(asked, dict):
        others = sorted(set(asked) - {"rows"})
        if others or "rows" not in asked:
            raise bad(
                'Expected {"rows": [...]} or a list of rows; got an object with '
                f"{', '.join(others)[:80] or 'nothing in it'}."
            )
        rows = asked["rows"]
    if not isinstance(rows, list):
        raise bad(f"Rows must be a list; got {kind_of(rows)}.")
    return rows


def kind_of(value: Any) -> str:
    """What JSON calls a value's type."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return names.get(type(value), "null" if value is None else "a number")


def single_values(given: Mapping[str, Array]) -> dict[str, Any]:
    """What tensors of one value each hold.

    Raises:
        Fault: one holds more, or nothing.
    """
    for name, array in given.items():
        if array.size != 1:
            raise bad(f'The tensor "{name:.60}" must hold one value; got {array.size:,}.')
    return {name: array.reshape(-1).tolist()[0] for name, array in given.items()}


def options(asked: Any, known: Mapping[str, tuple[type, ...]]) -> dict[str, Any]:
    """The members of a JSON object, each known and of its type.

    Raises:
        Fault: no object, another member, or another type.
    """
    if not isinstance(asked, dict):
        raise bad(f"Expected an object with {', '.join(known)}; got {kind_of(asked)}.")
    for name, value in asked.items():
        if name not in known:
            raise bad(f'There is no "{name:.60}"; known are {", ".join(known)}.')
        wrong = not isinstance(value, known[name])
        if wrong or (isinstance(value, bool) and bool not in known[name]):
            words = " or ".join({int: "a whole number", float: "a number", str: "a string",
                                 list: "a list"}.get(kind, kind.__name__)
                                for kind in known[name])  # fmt: skip
            raise bad(f'"{name}" must be {words}; got {value!r:.40}.')
    return dict(asked)


def whole(options: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    """A whole number between bounds.

    Raises:
        Fault: it lies beyond them.
    """
    value = options.get(name, default)
    if not low <= value <= high:
        raise bad(f'"{name}" must be between {low:,} and {high:,}; got {value:,}.')
    return int(value)
