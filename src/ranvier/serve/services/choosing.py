"""The service that suits a model."""

from __future__ import annotations

from ranvier.errors import DataError
from ranvier.model import Model
from ranvier.preprocessing.vector_targets import VectorCoder
from ranvier.serve.services.base import Service
from ranvier.serve.services.enlarging import Enlarging
from ranvier.serve.services.forecasting import Forecasting
from ranvier.serve.services.making import Making
from ranvier.serve.services.rows import Coded, Supervised
from ranvier.serve.services.writing import Writing

BY_TASK: dict[str, type[Service]] = {
    "generation": Making,
    "super_resolution": Enlarging,
    "language_model": Writing,
    "forecasting": Forecasting,
    "reconstruction": Coded,
}


def service_of(model: Model) -> Service:
    """What a fitted model can be asked over HTTP.

    Raises:
        DataError: nothing.
    """
    if model.task_ in BY_TASK:
        return BY_TASK[model.task_](model)
    if isinstance(model._coder, VectorCoder) or model._coder.task.is_language:
        raise DataError(
            f"{type(model).__name__} with the task {model.task_} has no answer for each row, so "
            "it is not served: use it in Python."
        )
    return Supervised(model)
