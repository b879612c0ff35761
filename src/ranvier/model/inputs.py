"""What the methods after `fit` are given, as a Dataset.

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
from ranvier.data.reading import with_pictures
from ranvier.data.whole import Whole
from ranvier.errors import DataWarning, TargetError
from ranvier.preprocessing.fitting import Preprocessor
from ranvier.preprocessing.matching import check_width
from ranvier.preprocessing.table import TablePreprocessor


@dataclass(frozen=True)
class Columns:
    """The columns a model was fitted on.

    Attributes:
        names: of all columns, "x0", "x1", ... where they had none.
        named: whether the names were given by the user.
    """

    names: tuple[str, ...]
    named: bool


def columns_of(examples: Dataset) -> Columns:
    """The columns of training examples."""
    return Columns(examples.columns, examples.named)


def examples_of(
    X: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    layout: str = "auto",
    on_error: str = "stop",
) -> Dataset:
    """Anything that methods after `fit` take, as a Dataset."""
    if isinstance(X, (str, Path)):
        return _from_file(X, on_error)
    return as_examples(X, y, sample_weight=sample_weight, layout=layout)


def is_matched_by_name(X: Any) -> bool:
    """Whether columns are matched forgivingly: files and Datasets are, arrays and frames not."""
    return isinstance(X, (str, Path, Dataset))


def _from_file(source: str | Path, on_error: str) -> Dataset:
    from ranvier.data import builtin
    from ranvier.data.sources import load_file

    if isinstance(source, str) and source in builtin.NAMES and not Path(source).is_file():
        return builtin.load(source)
    path = Path(source).expanduser()
    loaded = load_file(path, on_error)
    inputs = as_examples(loaded.inputs).inputs
    if not isinstance(inputs, (np.ndarray, Whole)):
        pictures, _ = with_pictures(inputs, path.parent, on_error)
        inputs = inputs if pictures is None else pictures
    return Dataset(inputs, loaded.target, loaded.target_names, path.name, notes=loaded.notes)


def truth_of(examples: Dataset, target_names: tuple[str, ...], model: str) -> np.ndarray:
    """The target of rows to be scored, also where it is a column of a file.

    Raises:
        TargetError: there is none.
    """
    if examples.target is not None:
        return examples.labels
    inputs, names = examples.inputs, list(target_names)
    if isinstance(inputs, Whole) and inputs.beside is not None:
        inputs = inputs.beside
    if not isinstance(inputs, (np.ndarray, Whole)) and names and set(names) <= set(inputs.columns):
        values = inputs.select(names).to_numpy()
        return values[:, 0] if len(names) == 1 else values
    raise TargetError(
        f"{model} requires y to be scored; pass score(X, y), or data with the "
        f"column {', '.join(names) or 'of the target'}."
    )


def check_inputs(
    examples: Dataset, columns: Columns, preprocessor: Preprocessor, model: str, *, lenient: bool
) -> None:
    """Hold rows to the columns of training, or say what differs where they are matched by name.

    Raises:
        DataError: other columns than in training, where they are not matched by name.
    """
    if lenient:
        warn_about_missing(preprocessor, examples.inputs, examples.name)
    else:
        check_columns(examples, columns, model)
    # An array's columns are numbers, and anything else is refused.
    if not (isinstance(preprocessor, TablePreprocessor) and preprocessor.plan.array):
        warn_about_text(preprocessor, examples.inputs, examples.name)


def warn_about_missing(preprocessor: Any, inputs: Any, name: str) -> None:
    """Says which columns of the network these rows lack."""
    missing = preprocessor.missing_columns(inputs)
    if missing:
        listed = ", ".join(f'"{column}"' for column in missing)
        warnings.warn(
            f"{name or 'The data'} has no column {listed}: predictions use its missing value.",
            DataWarning,
            stacklevel=5,
        )


def warn_about_text(preprocessor: Any, inputs: Any, name: str) -> None:
    """Says which columns of numbers hold text now, which counts as missing."""
    for column, count, first in preprocessor.unreadable(inputs):
        warnings.warn(words_about_text(name, column, count, first), DataWarning, stacklevel=6)


def words_about_text(name: str, column: str, count: int, first: str) -> str:
    """That so many values of a column of numbers are none, and which is the first."""
    values = "1 value is" if count == 1 else f"{count:,} values are"
    return (
        f'{name or "The data"}: {values} no number in the column "{column}", such as '
        f"{first!r}: predictions use its missing value."
    )


def check_columns(examples: Dataset, columns: Columns, model: str) -> None:
    """scikit-learn's contract for arrays and frames, in its words.

    Raises:
        DataError: another number of columns, where they have no names to tell which.

    Warns:
        UserWarning: only one side has column names.
    """
    if not (examples.named and columns.named):
        check_width(len(examples.columns), len(columns.names), model)
    if examples.named and not columns.named:
        warnings.warn(
            f"X has feature names, but {model} was fitted without feature names", stacklevel=6
        )
    elif columns.named and not examples.named:
        warnings.warn(
            f"X does not have valid feature names, but {model} was fitted with feature names",
            stacklevel=6,
        )
