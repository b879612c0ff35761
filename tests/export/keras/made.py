"""Programs of single functions that are exported in these tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from ranvier.export.programs.program import Program, Tensor


def computing(function: Callable[..., Any], **rows: np.ndarray) -> Program:
    """A program of one result, "y", of the rows by name; what the function holds has no name."""

    def whole(weights: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return {"y": function(**given)}

    inputs = {n: Tensor(a.shape[1:], a.dtype.name, "made up") for n, a in rows.items()}
    answers = {name: np.asarray(a) for name, a in jax.jit(whole)({}, rows).items()}
    return Program(inputs, whole, {}, rows, answers)
