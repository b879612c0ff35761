"""Data as a family takes it: a table for most, pictures for some."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ranvier.data import Dataset
from ranvier.data.checks import check_matrix
from ranvier.data.pictures import Form, Pictures
from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.data.whole import Whole
from ranvier.errors import DataError


def as_table(examples: Dataset, model: str, budget: int) -> Dataset:
    """Examples whose inputs are a table; the pictures of files become one row of numbers each.

    Args:
        examples: any.
        model: the class's name, for messages.
        budget: bytes that the numbers may take.

    Raises:
        DataError: pictures that are an array, which scikit-learn's contract refuses; pictures
            that are too large, or have a table beside them; sequences or texts.
    """
    inputs = examples.inputs
    _refuse_steps(examples, f"{model} takes tables")
    if not isinstance(inputs, Pictures):
        return examples
    if inputs.names is None and inputs.beside is None:
        shape = tuple(side for side in inputs.shape if side > 1 or side == len(inputs))
        check_matrix(np.empty((0,) * len(shape)) if len(shape) > 2 else np.empty((0, 0, 0)))
    if inputs.beside is not None or inputs.nbytes > budget:
        why = "have a table beside them" if inputs.beside is not None else "do not fit into memory"
        raise DataError(
            f"{model} takes tables, and the {inputs.form.kind}s of {examples.name} {why}: "
            "use model='cnn', or a table of their numbers."
        )
    flat = np.asarray(inputs).reshape(len(inputs), -1)
    note = (
        f"each {inputs.form.kind} of {inputs.form} is taken as {flat.shape[1]:,} numbers; "
        "the family that sees it as a whole is cnn"
    )
    return replace(examples, inputs=flat, notes=(*examples.notes, note))


def as_pictures(examples: Dataset, model: str, layout: str, form: Form | None = None) -> Dataset:
    """Examples whose inputs are pictures; a table of numbers becomes pictures by its layout.

    Args:
        examples: any.
        model: the class's name, for messages.
        layout: how the rows of an array lie.
        form: of the rows in training; None when they train.

    Raises:
        DataError: a table that holds other things than numbers; sequences or texts.
    """
    inputs = examples.inputs
    if isinstance(inputs, Pictures):
        return examples
    _refuse_steps(examples, f"{model} takes pictures or signals")
    assert not isinstance(inputs, Whole)
    if not isinstance(inputs, np.ndarray):
        if not all(dtype.is_numeric() for dtype in inputs.dtypes):
            odd = next(name for name in inputs.columns if not inputs[name].dtype.is_numeric())
            raise DataError(
                f'{model} takes pictures or signals, and the column "{odd}" holds no numbers: '
                "use model='fcnn' for tables, or name a folder of pictures."
            )
        inputs = inputs.to_numpy()
    if form is not None and int(np.prod(form.shape)) == inputs.shape[1]:
        inputs, chosen = inputs.reshape(-1, *form.shape), "HWC" if len(form.shape) == 3 else "TC"
    else:
        chosen = layout
    pictures, words = pictures_of(inputs, chosen)
    notes = examples.notes if form is not None else (*examples.notes, _told(words, layout))
    return replace(examples, inputs=pictures, notes=notes, unnamed=True)


def _refuse_steps(examples: Dataset, takes: str) -> None:
    """Name the family that goes through rows step by step, where that is what they need."""
    inputs = examples.inputs
    if isinstance(inputs, (Texts, Sequences)):
        what = f"{examples.name} holds" if examples.name else "these are"
        raise DataError(
            f"{takes}, and {what} {inputs.about}: use model='rnn' (RNN), which goes through "
            f"each {inputs.kind} step by step."
        )


def _told(words: str, layout: str) -> str:
    return words if layout != "auto" else f"{words}; to read them otherwise: layout='T'"
