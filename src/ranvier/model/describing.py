"""What was found in the data and decided, in lines for people."""

from __future__ import annotations

import numpy as np

from ranvier import tasks
from ranvier.data import Dataset
from ranvier.data.whole import Whole
from ranvier.preprocessing.fitting import Preprocessor


def lines_about_data(
    examples: Dataset, preprocessor: Preprocessor, train: int, valid: int, fraction: float | None
) -> list[tuple[str, str]]:
    """How many rows do what, what the columns are taken for, what is left out.

    Args:
        examples: all of them.
        preprocessor: fitted.
        train: rows that train.
        valid: rows that validate.
        fraction: the share that was to validate; 0: none by intention.
    """
    name = f"{examples.name} · " if examples.name else ""
    validation = f"{valid:,} rows validate" if valid else "too few rows to validate"
    if fraction == 0:
        validation = "no validation"
    what, inputs = f"{len(examples.columns)} columns", examples.inputs
    if isinstance(inputs, Whole):
        what = inputs.about
    first = f"{name}{train:,} rows train, {validation} · {what}"
    spoken = [] if isinstance(examples.inputs, np.ndarray) else preprocessor.summary()
    others = (*spoken, *examples.notes, *preprocessor.notes)
    return [("data", first), *(("", text) for text in others)]


def line_about_task(decision: tasks.Decision, examples: Dataset) -> str:
    """The task, the reason for it, and another reading where there is one."""
    target = ", ".join(examples.target_names) or "the target"
    line = f"{decision.task.kind}: {target} holds {decision.reason}"
    if decision.task.kind == "forecasting":
        return f"forecasting: {decision.reason}; another number: horizon=N"
    if "was asked for" in decision.reason:
        line = f"{decision.task.kind}: {decision.reason}"
    if decision.alternative:
        return f"{line}; could also be {decision.alternative}: task={decision.alternative!r}"
    return line
