"""Which output is explained for each row, what it is called and what it is measured in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ranvier.errors import HyperparameterError
from ranvier.preprocessing.targets import TargetCoder

MEASURED = "logit of the class"


@dataclass(frozen=True)
class Explained:
    """The explained outputs of N rows.

    Attributes:
        units: int32 (N,), a unit of the output layer for each row.
        names: (N,) its class, or "".
        scale, shift: float64 (N,) or (1,), from the network's numbers to the target's; of the first
            of two classes, whose logit is the other's with the sign turned, -1 and 0.
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
        output: one unit for all rows; None: each row's class or largest label, or the first number.

    Raises:
        HyperparameterError: there is no such unit.
    """
    rows, count = logits.shape
    if output is not None and not 0 <= output < count:
        raise HyperparameterError(
            f"output must be a unit of the output layer, from 0 to {count - 1}; got {output!r}."
        )
    largest = output is None and coder.task.classifies
    units = np.argmax(logits, axis=1) if largest else np.full(rows, output or 0)
    units = units.astype(np.int32)
    names = np.full(rows, "", dtype=object)
    if coder.task.kind == "regression":
        measured = target_names[int(units[0])] if target_names else "prediction"
        return Explained(units, names, coder.scale[units], coder.mean[units], measured)
    if coder.task.kind == "multiclass":
        names = coder.classes[units].astype(object)
    elif coder.task.kind == "binary":
        second = (logits[:, 0] > 0) | (output is not None)
        names = coder.classes[second.astype(np.intp)].astype(object)
        return Explained(units, names, np.where(second, 1.0, -1.0), np.zeros(1), MEASURED)
    elif len(target_names) == count:
        names = np.array(target_names, dtype=object)[units]
    return Explained(units, names, np.ones(1), np.zeros(1), MEASURED)
