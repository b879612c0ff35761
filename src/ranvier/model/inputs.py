"""What `predict` is given, brought to the form that the model was fitted on.

Arrays and frames are held to scikit-learn's contract: the same columns in the same order.
Files and Datasets are matched by column name, and forgivingly: a missing column counts as
missing values and an extra one is ignored, both said aloud.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data import Dataset, as_examples
from ranvier.errors import DataError

SHOWN = 5


@dataclass(frozen=True)
class Columns:
    """The columns a model was fitted on.

    Attributes:
        names: of all columns, "x0", "x1", ... where they had none.
        named: whether the names were given by the user.
        frame: whether the preprocessing expects a frame (else an array).
    """

    names: tuple[str, ...]
    named: bool
    frame: bool


def columns_of(examples: Dataset) -> Columns:
    """The columns of training examples."""
    return Columns(examples.columns, examples.named, not isinstance(examples.inputs, np.ndarray))


def examples_of(X: Any, y: Any = None, sample_weight: Any = None) -> Dataset:
    """Anything that methods after `fit` take, as a Dataset."""
    if isinstance(X, (str, Path)):
        return _from_file(X)
    return as_examples(X, y, sample_weight=sample_weight)


def _from_file(source: str | Path) -> Dataset:
    from ranvier.data import builtin
    from ranvier.data.sources import load_file

    if isinstance(source, str) and source in builtin.NAMES and not Path(source).is_file():
        return builtin.load(source)
    path = Path(source).expanduser()
    loaded = load_file(path)
    return Dataset(
        loaded.inputs, loaded.target, loaded.target_names, path.name, notes=loaded.notes
    )


def fitted_form(examples: Dataset, columns: Columns, model: str, *, strict: bool) -> Any:
    """The inputs as the fitted preprocessing takes them: a frame or an array.

    Raises:
        DataError: the columns are not those of the training data.
    """
    inputs = examples.inputs
    if strict:
        _check(examples, columns, model)
    if columns.frame and isinstance(inputs, np.ndarray):
        import polars as pl

        _check_count(inputs.shape[1], columns, model)
        return pl.DataFrame(inputs, schema=list(columns.names))
    if not columns.frame and not isinstance(inputs, np.ndarray):
        wanted = [name for name in columns.names if name in inputs.columns]
        if len(wanted) == len(columns.names):
            inputs = inputs.select(wanted)
        _check_count(inputs.shape[1], columns, model)
        try:
            return inputs.to_numpy().astype(np.float64)
        except (TypeError, ValueError) as error:
            raise DataError(
                f"{model} was fitted on numbers alone, and these data hold other values ({error}); "
                "convert them to numbers."
            ) from error
    return inputs


def _check(examples: Dataset, columns: Columns, model: str) -> None:
    """scikit-learn's checks, in scikit-learn's words, which its tools look for."""
    if examples.named and columns.named:
        if examples.columns != columns.names:
            raise DataError(_differences(examples.columns, columns.names))
    else:
        if examples.named:
            warnings.warn(
                f"X has feature names, but {model} was fitted without feature names", stacklevel=5
            )
        elif columns.named:
            warnings.warn(
                f"X does not have valid feature names, but {model} was fitted with feature names",
                stacklevel=5,
            )
        _check_count(len(examples.columns), columns, model)


def _check_count(came: int, columns: Columns, model: str) -> None:
    if came != len(columns.names):
        raise DataError(
            f"X has {came} features, but {model} is expecting {len(columns.names)} features as "
            "input; pass the columns that it was fitted on."
        )


def _differences(came: tuple[str, ...], fitted: tuple[str, ...]) -> str:
    message = "The feature names should match those that were passed during fit.\n"
    unseen, missing = sorted(set(came) - set(fitted)), sorted(set(fitted) - set(came))
    if unseen:
        message += "Feature names unseen at fit time:\n" + _listed(unseen)
    if missing:
        message += "Feature names seen at fit time, yet now missing:\n" + _listed(missing)
    if not unseen and not missing:
        message += "Feature names must be in the same order as they were in fit.\n"
    return message


def _listed(names: list[str]) -> str:
    lines = [f"- {name}\n" for name in names[:SHOWN]]
    return "".join(lines) + ("- ...\n" if len(names) > SHOWN else "")
