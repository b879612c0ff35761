"""Data as the autoencoder takes it: tables, pictures, or sequences of numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Form, Pictures
from ranvier.data.sequences import Sequences
from ranvier.data.steps import StepForm
from ranvier.data.whole import Whole
from ranvier.errors import DataError
from ranvier.model.steps import as_steps
from ranvier.model.suiting import as_pictures

ALONE = "the columns beside each {kind} are not used"


def suited(examples: Dataset, model: str, layout: str, form: Form | StepForm | None) -> Dataset:
    """Examples whose inputs are a table, pictures of three axes, or sequences.

    Args:
        examples: any.
        model: the class's name, for messages.
        layout: how the rows of an array lie.
        form: of the rows in training where they are no table; None when they train.

    Raises:
        DataError: texts, or series that are to be continued.
    """
    inputs = examples.inputs
    if isinstance(inputs, Whole) and not isinstance(inputs, (Pictures, Sequences)):
        raise DataError(
            f"{model} takes tables, pictures and sequences of numbers, and these are "
            f"{inputs.about}: pass numbers, such as the windows of a series (N, steps)."
        )
    pictured = isinstance(form, Form) or (form is None and layout != "auto")
    if isinstance(inputs, np.ndarray) and form is None and layout in ("T", "TC", "CT"):
        examples = replace(examples, inputs=Sequences.of(inputs))
    elif pictured and not isinstance(inputs, Whole):
        pictured_form = form if isinstance(form, Form) else None
        examples = as_pictures(examples, model, layout, pictured_form)
    inputs = examples.inputs
    stepwise = isinstance(inputs, Sequences) or (
        isinstance(inputs, Pictures) and len(inputs.form.shape) == 2
    )
    if stepwise or isinstance(form, StepForm):
        examples = as_steps(examples, model, form if isinstance(form, StepForm) else None)
    return _alone(examples)


def _alone(examples: Dataset) -> Dataset:
    """Without the columns beside pictures and sequences."""
    inputs: Any = examples.inputs
    if not isinstance(inputs, Whole) or inputs.beside is None:
        return examples
    note = ALONE.format(kind=inputs.kind)
    alone = replace(inputs, beside=None)  # type: ignore[type-var]
    return replace(examples, inputs=alone, notes=(*examples.notes, note), unnamed=True)


def as_given(X: Any, *, stepwise: bool = False) -> Any:
    """A list of arrays of steps as `Sequences`; anything else as it came.

    Where the model learned from sequences (`stepwise`) an array (N, steps, channels) holds such.
    """
    if stepwise and isinstance(X, np.ndarray) and X.ndim == 3 and X.dtype.kind in "fiub":
        return Sequences.of(X)
    if isinstance(X, (list, tuple)) and len(X) and isinstance(X[0], np.ndarray):
        uneven = len({len(row) for row in X if np.ndim(row)}) > 1
        if X[0].ndim == 2 or (X[0].ndim == 1 and uneven):
            return Sequences.of(X)
    return X
