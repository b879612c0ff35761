"""`ranvier explain`: what moved a model's answers for some rows of a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ranvier.data import Dataset
from ranvier.data.corpora import read_corpus
from ranvier.errors import DataError
from ranvier.model import Model
from ranvier.runs.folder import CONFIG, RunFolder, find_model
from ranvier.runs.prediction import fitted
from ranvier.runs.reporting import of_the_run


def explain(model: Model | str | Path, source: str | None, rows: int) -> Any:
    """The first rows of a source, explained; of a model of language its first passages.

    Args:
        model: a fitted model, or what `fitted` takes.
        source: a file, a folder or the name of a built-in set; None: what the model's run held
            out, of a run's folder or file.
        rows: how many, at least 1.

    Returns:
        What the model's own `explain` gives.

    Raises:
        ArtifactError, DataError, HyperparameterError: the model or the rows cannot be used.
    """
    if rows < 1:
        raise DataError(f"rows must be at least 1; got {rows}.")
    given, model = model, model if isinstance(model, Model) else fitted(model)
    if not hasattr(model, "explain"):
        raise DataError(f"{type(model).__name__} has no explanations: only its predictions.")
    speaks = hasattr(model, "surprise") and model._coder.task.is_language
    if source is None:
        examples = held_out(given)
    elif speaks:
        examples = read_corpus(source, test_fraction=0, on_error=model.on_error)
    else:
        examples = model._examples_of(source)
    if speaks:  # the text of a book is read on, whatever its lines
        return model.surprise(examples, most=rows)  # type: ignore[attr-defined]
    return model.explain(examples.take(slice(rows)))


def held_out(model: Model | str | Path) -> Dataset:
    """The rows that a run held out.

    Raises:
        DataError: it is not known which, or there are none.
    """
    place = None if isinstance(model, Model) else find_model(model)
    config = {} if place is None else RunFolder(place.parent).read(CONFIG)
    if not config or place is None or place.name != RunFolder(place.parent).model.name:
        raise DataError(
            f"{model} is no run whose data are known: name the rows, as in "
            f"ranvier explain {model} DATA."
        )
    examples = of_the_run(config, str(model))
    if examples.test_rows is None or not isinstance(examples, Dataset):
        raise DataError(
            f"The run {model} held no rows out in memory: name the rows, as in "
            f"ranvier explain {model} DATA."
        )
    return examples.test


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
