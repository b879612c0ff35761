"""A model that predicts a target: from rows to probabilities, or to numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.errors import ExportError
from ranvier.export.programs.inputs import inputs_of, made_up
from ranvier.export.programs.program import Arrays, Fitted, Program
from ranvier.layers.softmax import softmax
from ranvier.preprocessing.picture_targets import PictureCoder
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.targets import TargetCoder
from ranvier.training.blueprint import blueprint_of


def program(model: Fitted) -> Program:
    """What a fitted model computes.

    Raises:
        ExportError: its task has no exported form.
    """
    outcome, preprocessor, coder = model._outcome, model.preprocessor_, model._coder
    if not isinstance(coder, TargetCoder | PictureCoder | StepCoder):
        raise ExportError(
            f"A model of the task {coder.task.kind} cannot be exported to this format yet: use "
            "format='safetensors'."
        )
    blueprint = blueprint_of(model._builder())
    inputs = inputs_of(preprocessor, len(model._columns.names))

    def function(weights: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        network = blueprint.assemble(weights, weights)
        logits = network(inputs.encode(given)).astype(jnp.float32)
        return answered(coder, logits)

    weights = {**outcome.parameters, **outcome.variables}
    rows = made_up(inputs, preprocessor)
    named = {name: np.asarray(array) for name, array in weights.items()}
    units = {"prediction": float(np.max(coder.scale))} if _is_number(coder) else {}
    about = {"task": coder.task.kind, **inputs.about}
    if len(coder.classes):
        about["classes"] = coder.classes.tolist()
    return Program(
        inputs.tensors, function, named, rows, _answers(function, named, rows), units, about
    )


def answered(coder: TargetCoder | PictureCoder | StepCoder, logits: jax.Array) -> dict[str, Any]:
    """The results by name, within the function."""
    if coder.task.activation == "softmax":
        return {"probabilities": softmax(logits)}
    if coder.task.kind == "binary":
        both = jnp.concatenate([-logits, logits], axis=-1)
        return {"probabilities": jax.nn.sigmoid(both)}
    if coder.task.kind == "multilabel":
        return {"probabilities": jax.nn.sigmoid(logits)}
    if isinstance(coder, TargetCoder):
        scale, mean = (a.astype(np.float32)[None] for a in (coder.scale, coder.mean))
        numbers = logits * scale + mean
        return {"prediction": numbers[:, 0] if coder.flat else numbers}
    return {"prediction": logits}


def _is_number(coder: Any) -> bool:
    return isinstance(coder, TargetCoder) and coder.task.kind == "regression"


def _answers(function: Any, weights: Arrays, rows: Arrays) -> Arrays:
    """What the model says of these rows."""
    found = jax.jit(function)(weights, rows)
    return {name: np.asarray(array) for name, array in found.items()}
