"""A model that predicts a target, forecasts or speaks: from rows to probabilities or numbers."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.errors import ExportError
from ranvier.export.programs.network import around
from ranvier.export.programs.program import Fitted, Program
from ranvier.layers.softmax import softmax
from ranvier.preprocessing.picture_targets import PictureCoder
from ranvier.preprocessing.series import SeriesCoder
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.targets import TargetCoder
from ranvier.preprocessing.token_targets import TokenCoder
from ranvier.preprocessing.vector_targets import VectorCoder

Known = TargetCoder | PictureCoder | StepCoder | SeriesCoder | TokenCoder | VectorCoder


def program(model: Fitted) -> Program:
    """What a fitted model computes.

    Raises:
        ExportError: its task has no exported form.
    """
    coder = model._coder
    if not isinstance(coder, Known):
        raise ExportError(f"A model of the task {coder.task.kind} has no exported form.")

    def answer(network: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        return answered(coder, network(inputs).astype(jnp.float32))

    return around(model, answer, units=_units(coder))


def answered(coder: Known, logits: jax.Array) -> dict[str, Any]:
    """The results by name, within the function."""
    if isinstance(coder, TokenCoder):
        return {"logits": logits}
    if isinstance(coder, VectorCoder):
        return {"vectors": logits}
    if isinstance(coder, SeriesCoder):
        return _forecast(coder, logits)
    if coder.task.activation == "softmax":
        return {"probabilities": softmax(logits)}
    if coder.task.activation == "sigmoid":
        both = [-logits, logits] if coder.task.kind == "binary" else [logits]
        return {"probabilities": jax.nn.sigmoid(jnp.concatenate(both, axis=-1))}
    if isinstance(coder, TargetCoder):
        scale, mean = (a.astype(np.float32)[None] for a in (coder.scale, coder.mean))
        numbers = logits * scale + mean
        return {"prediction": jnp.squeeze(numbers, 1) if coder.flat else numbers}
    return {"prediction": logits}


def _forecast(coder: SeriesCoder, logits: jax.Array) -> dict[str, Any]:
    """The low end, the middle and the high end of each step ahead, in this order."""
    scale = coder.scale
    parts = [
        jax.lax.slice_in_dim(logits, n * coder.horizon, (n + 1) * coder.horizon, axis=1)
        for n in range(3)
    ]
    values = []
    for part in parts:
        raised = part * scale.scale + scale.center
        if scale.power == 0.0:
            raised = jnp.exp(raised)
        elif scale.power == 0.5:
            raised = jnp.square(jnp.maximum(raised, 0.0))
        values.append(raised)
    low, middle, high = values
    least, most = jnp.minimum(low, middle), jnp.maximum(low, middle)
    return {
        "low": jnp.minimum(least, high),
        "forecast": jnp.maximum(least, jnp.minimum(most, high)),
        "high": jnp.maximum(most, high),
    }


def _units(coder: Known) -> dict[str, float]:
    if isinstance(coder, TargetCoder) and coder.task.kind == "regression":
        return {"prediction": float(np.max(coder.scale))}
    if isinstance(coder, SeriesCoder):
        unit = float(np.max(np.abs(coder.scale.backward(np.array([1.0, 2.0])))))
        return dict.fromkeys(("low", "forecast", "high"), unit)
    if isinstance(coder, TokenCoder | VectorCoder):
        return dict.fromkeys(("logits", "vectors"), 10.0)
    return {}


def answers_of(model: Any, X: Any) -> dict[str, np.ndarray]:
    """What the model says of rows, by the names of the results.

    Raises:
        ExportError: its results cannot be told from its answers.
    """
    coder = model._coder
    if not isinstance(coder, TargetCoder | PictureCoder):
        raise ExportError(f"X= cannot be tried with a model of the task {coder.task.kind}.")
    if coder.task.activation in ("softmax", "sigmoid"):
        return {"probabilities": np.asarray(model.predict_proba(X))}
    if isinstance(coder, PictureCoder):
        return {"prediction": model._logits(X)}
    return {"prediction": np.asarray(model.predict(X))}
