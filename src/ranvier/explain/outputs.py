"""Which output is explained for each row, what it is called and what it is measured in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ranvier.errors import HyperparameterError
from ranvier.preprocessing.targets import TargetCoder


@dataclass(frozen=True)
class Explained:
    """The explained outputs of N rows.

    Attributes:
        units: int32 (N,), a unit of the output layer for each row.
        names: (N,) its class, or "".
        scale, shift: float64 (N,) or (1,), from the network's numbers to the target's.
        measured: what they are measured in, such as "logit of the class".
    """

    units: np.ndarray
    names: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    measured: str


def explained(
    coder: TargetCoder, target_names: tuple[str, ...], logits: np.ndarray, output: int | None
) -> Explained:
    """The outputs to explain.

    Args:
        coder: the fitted target.
        target_names: of the targets; may be empty.
        logits: float32 (N, units).
        output: one unit for all rows; None: each row's largest.

    Raises:
        HyperparameterError: there is no such unit.
    """
    rows, count = logits.shape
    if output is not None and not 0 <= output < count:
        raise HyperparameterError(
            f"output must be a unit of the output layer, from 0 to {count - 1}; got {output!r}."
        )
    units = np.argmax(logits, axis=1) if output is None else np.full(rows, output)
    units = units.astype(np.int32)
    names = np.full(rows, "", dtype=object)
    if coder.task.kind == "regression":
        measured = target_names[int(units[0])] if target_names else "prediction"
        return Explained(units, names, coder.scale[units], coder.mean[units], measured)
    if coder.task.kind == "multiclass":
        names = coder.classes[units].astype(object)
    elif coder.task.kind == "binary":
        names[:] = coder.classes[1]
    return Explained(units, names, np.ones(1), np.zeros(1), "logit of the class")
