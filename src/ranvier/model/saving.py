"""A fitted model as the parts of an artifact, and back. No pickle, no code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier import artifact
from ranvier.errors import ArtifactError, RanvierError
from ranvier.model.inputs import Columns
from ranvier.preprocessing.fitting import coder_from_state, inputs_from_state
from ranvier.training.blueprint import blueprint_of
from ranvier.training.loop import Outcome

if TYPE_CHECKING:
    from ranvier.model.base import Model

_VARIABLE = "variable:"  # keeps batch statistics apart from parameters in one file


def save(model: Model, path: str | Path) -> None:
    """Write a fitted model.

    Raises:
        ArtifactError: the file cannot be written.
    """
    preprocessing, tensors = model.preprocessor_.to_state()
    columns: Columns = model._columns
    outcome: Outcome = model._outcome
    manifest = {
        "family": model.family,
        "hyperparameters": _plain(_without_code(model, model.get_params(deep=False))),
        "resolved": _plain(_without_code(model, model.resolved_)),
        "target": {**model._coder.to_state(), "names": list(model.target_names_)},
        "columns": {"names": list(columns.names), "named": columns.named},
        "decisions": [list(line) for line in model.decisions_],
        "metrics": _metrics(outcome),
        "training": {
            "epochs": outcome.epoch,
            "best_epoch": outcome.best_epoch,
            "reason": outcome.reason,
            "steps": outcome.steps,
            "seconds": outcome.seconds,
            "compile_seconds": outcome.compile_seconds,
            "history": outcome.history,
        },
    }
    weights = dict(outcome.parameters)
    weights |= {_VARIABLE + name: value for name, value in outcome.variables.items()}
    artifact.write(path, artifact.Parts(manifest, weights, preprocessing, tensors))


def _metrics(outcome: Outcome) -> dict[str, float]:
    """What was measured in the epoch whose weights are kept: the last one without a judge."""
    if not outcome.history:
        return {}
    row = outcome.history[outcome.best_epoch - 1]
    return {name: value for name, value in row.items() if name not in ("epoch", "seconds")}


def _without_code(model: Model, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in model._code}


def restore(model_class: type[Model], parts: artifact.Parts, code: dict[str, Any]) -> Model:
    """A fitted model of this class from the parts of a file, and what of it is code.

    Raises:
        ArtifactError: the parts do not describe such a model.
    """
    manifest = parts.manifest
    try:
        model = model_class(**_revived(manifest["hyperparameters"]), **code)
        training = dict(manifest["training"])
        outcome = Outcome(
            parameters={k: v for k, v in parts.weights.items() if not k.startswith(_VARIABLE)},
            variables={
                k.removeprefix(_VARIABLE): v
                for k, v in parts.weights.items()
                if k.startswith(_VARIABLE)
            },
            history=list(training["history"]),
            epoch=int(training["epochs"]),
            best_epoch=int(training["best_epoch"]),
            reason=str(training["reason"]),
            steps=int(training["steps"]),
            seconds=float(training["seconds"]),
            compile_seconds=float(training["compile_seconds"]),
        )
        stored = manifest["columns"]
        columns = Columns(tuple(stored["names"]), bool(stored["named"]))
        model._remember(
            columns=columns,
            preprocessor=inputs_from_state(parts.preprocessing, parts.tensors),
            coder=coder_from_state(manifest["target"]),
            resolved=_revived(manifest["resolved"]),
            outcome=outcome,
            target_names=tuple(manifest["target"]["names"]),
            lines=tuple((str(label), str(text)) for label, text in manifest["decisions"]),
        )
        _check_weights(model, outcome)
    except RanvierError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(
            "The model file's description lacks a part, or has one that this Ranvier does not "
            "know: load it with the Ranvier that wrote it, or save the model again."
        ) from error
    return model


def _check_weights(model: Model, outcome: Outcome) -> None:
    blueprint = blueprint_of(model._builder())
    for wanted, came in (
        (blueprint.parameters, outcome.parameters),
        (blueprint.variables, outcome.variables),
    ):
        shapes = {name: (tuple(s.shape), np.dtype(s.dtype)) for name, s in wanted.items()}
        found = {name: (tuple(a.shape), a.dtype) for name, a in came.items()}
        if shapes != found:
            odd = sorted(set(shapes.items()) ^ set(found.items()))[0][0]
            raise ArtifactError(
                f"The weights in the model file do not fit its network (at {odd}); "
                "save the model again."
            )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Hyperparameters as JSON can hold them; tuples and dictionaries are marked."""
    return {name: _plain_value(name, value) for name, value in values.items()}


def _plain_value(name: str, value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (tuple, list)):
        return [_plain_value(name, part) for part in value]
    if isinstance(value, dict):  # class weights, whose keys need not be text
        return {"pairs": [[_plain_value(name, k), float(v)] for k, v in value.items()]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ArtifactError(
        f"{name}={value!r} cannot be written to a model file, which holds plain data only."
    )


def _revived(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _revived_value(value) for name, value in values.items()}


def _revived_value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_revived_value(part) for part in value)
    if isinstance(value, dict):
        return dict(value["pairs"])
    return value
