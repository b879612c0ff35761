"""`ranvier explain`: what moved a model's answers for some rows of a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ranvier.errors import DataError
from ranvier.model import Model
from ranvier.runs.prediction import fitted


def explain(model: Model | str | Path, source: str, rows: int) -> Any:
    """The first rows of a source, explained.

    Args:
        model: a fitted model, or what `fitted` takes.
        source: a file, a folder or the name of a built-in set.
        rows: how many, at least 1.

    Returns:
        What the model's own `explain` gives.

    Raises:
        ArtifactError, DataError, HyperparameterError: the model or the rows cannot be used.
    """
    if rows < 1:
        raise DataError(f"rows must be at least 1; got {rows}.")
    model = model if isinstance(model, Model) else fitted(model)
    if not hasattr(model, "explain"):
        raise DataError(f"{type(model).__name__} has no explanations: only its predictions.")
    return model.explain(model._examples_of(source).take(slice(rows)))


def write(found: Any, place: str) -> None:
    """Write an explanation to a file, a page or a picture by its suffix.

    Raises:
        DataError: it cannot be written, or this kind of explanation is only printed.
    """
    if not hasattr(found, "save"):
        raise DataError("Explanations of tables are printed, not written: leave --out out.")
    try:
        found.save(place)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{place} cannot be written ({reason}).") from error


def show(found: Any) -> None:
    """Print an explanation, in colours where the output is a terminal and there are some."""
    if hasattr(found, "show"):
        found.show(len(found))
    else:
        print(found)
