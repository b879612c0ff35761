"""`export`: what a fitted model computes, as a file that others run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier import __version__
from ranvier.export import writing
from ranvier.export.programs.inputs import inputs_of
from ranvier.export.programs.raw import raw_rows
from ranvier.model.inputs import check_inputs, is_matched_by_name

if TYPE_CHECKING:
    from ranvier.model.base import Model


def export(model: Model, path: Path, format: str | None, X: Any) -> writing.Exported:
    """See `Model.export`."""
    program = model._exported()
    if X is not None:
        program = replace(program, rows=rows_of(model, X), answers=model._exported_answers(X))
    about = {"made by": f"ranvier {__version__}", "family": model.family, **program.about}
    return writing.write(replace(program, about=about), path, format)


def rows_of(model: Model, X: Any) -> dict[str, np.ndarray]:
    """See `Model.export_inputs`."""
    preprocessor, lenient = model.preprocessor_, is_matched_by_name(X)
    examples = model._suited(model._examples_of(X), getattr(preprocessor, "form", None))
    check_inputs(examples, model._columns, preprocessor, type(model).__name__, lenient=lenient)
    inputs = inputs_of(preprocessor, len(model._columns.names))
    return raw_rows(inputs, preprocessor, examples.inputs, lenient=lenient)
