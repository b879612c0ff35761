"""A program around a fitted model's network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ranvier.export.programs.inputs import Inputs, inputs_of
from ranvier.export.programs.program import Arrays, Fitted, Program, answers
from ranvier.export.programs.trying import made_up
from ranvier.training.blueprint import blueprint_of

Answer = Callable[[Any, dict[str, Any]], dict[str, Any]]


def around(
    model: Fitted,
    answer: Answer,
    *,
    inputs: Inputs | None = None,
    rows: Arrays | None = None,
    units: Mapping[str, float] | None = None,
    about: Mapping[str, Any] | None = None,
) -> Program:
    """What a network answers.

    Args:
        model: fitted.
        answer: from the network and what it takes to the results by name, made of JAX.
        inputs: what comes in; None: what the preprocessor of the model is given.
        rows: to try it with; None: made up.
        units: see `Program`.
        about: see `Program`.
    """
    outcome, blueprint = model._outcome, blueprint_of(model._builder())
    known = inputs or inputs_of(model.preprocessor_, len(model._columns.names))
    weights = {**outcome.parameters, **outcome.variables}
    named = {name: np.asarray(array) for name, array in weights.items()}

    def function(weights: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return answer(blueprint.assemble(weights, weights), known.encode(given))

    tried = rows or made_up(known, model.preprocessor_)
    said = {"task": model._coder.task.kind, **known.about, **(about or {})}
    if len(model._coder.classes):
        said["classes"] = model._coder.classes.tolist()
    found = answers(function, named, tried)
    return Program(known.tensors, function, named, tried, found, units or {}, said, known.usual)
