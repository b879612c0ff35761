"""The inputs that suit a model."""

from __future__ import annotations

from ranvier.errors import DataError
from ranvier.model import Model
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.serve.inputs.base import Inputs
from ranvier.serve.inputs.beside import BesideInputs
from ranvier.serve.inputs.columns import ColumnInputs
from ranvier.serve.inputs.numbers import NumberInputs
from ranvier.serve.inputs.pictures import PictureInputs
from ranvier.serve.inputs.steps import SequenceInputs, TextInputs


def inputs_of(model: Model) -> Inputs:
    """What a fitted model takes.

    Raises:
        DataError: rows that no request can hold.
    """
    beside = getattr(model.preprocessor_, "beside", None)
    own = _alone(model)
    if beside is None or beside.table is None:
        return own
    return BesideInputs(model, own, beside.table)


def _alone(model: Model) -> Inputs:
    """Without the columns of a table beside them."""
    preprocessor = model.preprocessor_
    if isinstance(preprocessor, TablePreprocessor):
        kind = NumberInputs if preprocessor.plan.array else ColumnInputs
        return kind(preprocessor, tuple(model.target_names_))
    if isinstance(preprocessor, PicturePreprocessor):
        return PictureInputs(preprocessor)
    if isinstance(preprocessor, TextPreprocessor):
        if preprocessor.form.words:
            raise DataError("Labels of words are not served: use ranvier predict.")
        return TextInputs(model, preprocessor)
    if isinstance(preprocessor, SequencePreprocessor):
        return SequenceInputs(model, preprocessor)
    raise DataError(
        f"{type(model).__name__} with the task {model.task_} is not served: use ranvier predict."
    )
