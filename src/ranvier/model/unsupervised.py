"""What `fit` does with rows that are their own target, which `Autoencoder` and `GAN` learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.whole import Whole
from ranvier.model.describing import lines_about_data
from ranvier.model.fitting import Prepared, assembled, merged_aloud, split_rows, with_weight
from ranvier.model.inputs import columns_of
from ranvier.preprocessing.fitting import fit_inputs
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.training import feeds

if TYPE_CHECKING:
    from ranvier.model.base import Model


def prepare(model: Model, examples: Dataset) -> Prepared:
    """Decide everything and encode the rows.

    Raises:
        DataError, TargetError, HyperparameterError: for what cannot be used.
    """
    task, reason = model._own_task(examples)
    examples = with_weight(examples)
    resolved = model._resolve(task, len(examples), examples.inputs)
    if len(examples) <= resolved["batch_size"] and not isinstance(examples.inputs, Whole):
        examples = merged_aloud(examples)
    train_rows, valid_rows = split_rows(examples, task, resolved)
    train = examples.take(train_rows) if len(valid_rows) else examples
    valid = examples.take(valid_rows)
    preprocessor = fit_inputs(train.inputs, train.weights, options=model._input_options(resolved))
    coder = model._own_coder(task, train, preprocessor, resolved)
    resolved, observed = model._observed(train, coder, resolved)
    arrays = _encoded(preprocessor, coder, train)
    weights = None if train.weights is None else train.weights / train.weights.mean()
    judged = _encoded(preprocessor, coder, valid) if len(valid) else None
    if judged is not None:
        given = np.ones(len(valid)) if valid.weights is None else valid.weights
        judged["weights"] = given.astype(np.float32)
    return assembled(
        model,
        columns_of(examples),
        preprocessor,
        coder,
        resolved,
        feeds.ArrayRows(arrays),
        None if weights is None else weights.astype(np.float32),
        judged,
        lines_about_data(
            examples, preprocessor, len(train), len(valid), resolved["validation_fraction"]
        ),
        [("task", f"{task.kind}: {reason}"), *observed],
    )


def _encoded(preprocessor: Any, coder: OwnCoder, examples: Dataset) -> dict[str, Any]:
    arrays: dict[str, Any] = {"inputs": preprocessor.transform(examples.inputs)}
    if len(coder.classes):
        arrays["target"] = coder.encode(examples.target)
    return arrays
