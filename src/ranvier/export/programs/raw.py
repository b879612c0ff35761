"""A person's rows as an exported file takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.export.programs.inputs import Inputs
from ranvier.export.programs.program import Arrays
from ranvier.preprocessing.fitting import Preprocessor
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.table import TablePreprocessor


def raw_rows(inputs: Inputs, preprocessor: Preprocessor, given: Any, *, lenient: bool) -> Arrays:
    """Rows of a person's data as an exported file takes them.

    Args:
        inputs: of the file.
        preprocessor: fitted.
        given: the rows as they were read.
        lenient: as in `TablePreprocessor.transform`.

    Rows are padded to the longest in training at least, which a file has room for that takes rows
    of one length.
    """
    found = dict(preprocessor.transform(given, lenient=lenient))
    table: Any = preprocessor
    rows = given
    if not isinstance(preprocessor, TablePreprocessor):
        table, rows = getattr(getattr(preprocessor, "beside", None), "table", None), given.beside
    if isinstance(table, TablePreprocessor):
        if "numbers" in inputs.tensors:
            found["numbers"] = table.raw(rows, lenient=lenient)
        if "others" in inputs.tensors:
            found["others"] = found["numeric"][:, -inputs.tensors["others"].sized({})[0] :]
    if isinstance(preprocessor, SequencePreprocessor):
        found["steps"] = _raw_steps(given)
        found.setdefault("lengths", np.asarray(given.lengths))
    count = len(found[next(iter(inputs.tensors))])
    return {
        # A slice of pictures or of uneven rows becomes an array.
        name: _of_length(np.asarray(found[name][:count]), tensor.sized(inputs.usual)).astype(
            tensor.dtype
        )
        for name, tensor in inputs.tensors.items()
    }


def _raw_steps(given: Any) -> np.ndarray:
    """(N, longest, channels) as they were read."""
    lengths = np.asarray(given.lengths)
    steps = np.zeros((len(lengths), int(lengths.max(initial=0)), given.width), np.float32)
    steps[np.arange(steps.shape[1]) < lengths[:, None]] = given.flat()
    return steps


def _of_length(array: np.ndarray, usual: tuple[int, ...]) -> np.ndarray:
    """Padded with zeros along the steps."""
    if array.ndim < 2 or not usual or array.shape[1] >= usual[0]:
        return array
    return np.pad(array, [(0, 0), (0, usual[0] - array.shape[1]), *[(0, 0)] * (array.ndim - 2)])
