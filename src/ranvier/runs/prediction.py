"""`ranvier predict`: a frame of predictions, and the files it can be written to."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.data.whole import Whole
from ranvier.errors import DataError, TargetError
from ranvier.families.sequential.forecasting.model import Forecasting
from ranvier.loading import load
from ranvier.model import Model
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.targets import TargetCoder
from ranvier.runs.folder import find_model, write_whole
from ranvier.tasks import LANGUAGE_MODEL

if TYPE_CHECKING:
    import polars as pl


def fitted(model: str | Path) -> Model:
    """The model of a run folder, a `.ranvier` file or the name of a run."""
    return load(find_model(model))


SUFFIXES = (".csv", ".tsv", ".parquet", ".feather", ".npz", ".jsonl")


def predict(model: Model | str | Path, source: str, *, proba: bool = False) -> pl.DataFrame:
    """Predictions for all rows of a source, in their order.

    Args:
        model: a fitted model that gives classes or numbers, or what `fitted` takes.
        source: a file, a folder or the name of a built-in set.
        proba: add a column `p_CLASS` for the probability of each class (or label).

    Returns:
        A frame with a column for each output; and first the file's name, for pictures and texts
        of files, or the series' name, for long tables. Of labels of steps it has a row for each.

    Raises:
        ArtifactError, DataError: the model or the rows cannot be used.
        TargetError: `proba` of a model that predicts numbers.
    """
    model = model if isinstance(model, Model) else fitted(model)
    if model.task_ == "forecasting":
        return ahead(model, source, proba=proba)
    coder = model._coder
    if coder.task.is_language:
        command = "generate" if coder.task == LANGUAGE_MODEL else "evaluate"
        raise TargetError(
            f"This is a model of language ({coder.task.kind}), which has no answer for each row: "
            f"use ranvier {command}."
        )
    if isinstance(coder, StepCoder):
        return by_step(model, coder, source, proba=proba)
    check_proba(model, proba)
    return answers(model, model._examples_of(source), proba=proba)


def answers(model: Model, examples: Dataset, *, proba: bool = False) -> pl.DataFrame:
    """What a model that answers for each row, or has no target, says of rows.

    Raises:
        DataError: the rows cannot be used.
        TargetError: see `check_proba`.
    """
    import polars as pl

    check_proba(model, proba)
    coder = model._coder
    if coder.task.is_unsupervised:
        return of_rows(model, examples)
    assert isinstance(coder, TargetCoder)
    logits = model._logits_of(examples, lenient=True)
    predicted = coder.labels(logits)
    names = list(model.target_names_)
    columns = predicted.reshape(len(predicted), -1).T
    if len(names) != len(columns):
        names = [f"prediction_{n + 1}" for n in range(len(columns))]
        names = ["prediction"] if len(names) == 1 else names
    frame = {name: _series(column) for name, column in zip(names, columns, strict=True)}
    if proba:
        labels = names if coder.task.kind == "multilabel" else [str(c) for c in coder.classes]
        shares = coder.probabilities(logits)
        frame |= {f"p_{label}": shares[:, n] for n, label in enumerate(labels)}
    return pl.DataFrame(_called(examples) | frame)


def check_proba(model: Model, proba: bool) -> None:
    """Refuse `proba` where there are no probabilities.

    Raises:
        TargetError: the model predicts numbers, or no target.
    """
    task = model._coder.task
    if proba and task.is_unsupervised:
        raise TargetError(
            f"Only a model of classes takes --proba; this one predicts none ({model.task_}): leave "
            "it out."
        )
    if proba and not task.classifies:
        raise TargetError(
            f"--proba needs a model of classes; this one predicts numbers ({task.kind})."
        )


def _called(examples: Dataset) -> dict[str, list[str]]:
    """The column of what rows are called; none where they have no names."""
    inputs = examples.inputs
    if not (isinstance(inputs, Whole) and len(inputs) and inputs.name_of(0)):
        return {}
    names = [inputs.name_of(row) for row in range(len(inputs))]
    return {getattr(inputs, "series", "") or "file": names}


def of_rows(model: Any, examples: Dataset) -> pl.DataFrame:
    """What a model of no target says of each row.

    An autoencoder its code, in the columns z1, z2, ..., and `oddness`, minus what `score_samples`
    gives; a generator `realness`, how real each picture looks to its discriminator.

    Raises:
        DataError: the rows cannot be used.
    """
    import polars as pl

    examples = _without_target(model, examples)
    if model.task_ == "reconstruction":
        codes = np.asarray(model.transform(examples), np.float64)
        columns = {f"z{number}": column for number, column in enumerate(codes.T, 1)}
        columns["oddness"] = -np.asarray(model.score_samples(examples))
    else:
        columns = {"realness": np.asarray(model.discriminate(examples), np.float64)}
    frame = {name: np.ascontiguousarray(column) for name, column in columns.items()}
    return pl.DataFrame(_called(examples) | frame)


def _without_target(model: Model, examples: Dataset) -> Dataset:
    """The rows; of a table without the columns that were no inputs in training."""
    beside = [name for name in model.target_names_ if name in examples.columns]
    if beside and not isinstance(examples.inputs, (np.ndarray, Whole)):
        examples = replace(examples, inputs=examples.inputs.drop(beside))
    return examples


def frame_of(rows: np.ndarray, names: list[str]) -> pl.DataFrame:
    """Rows (N, columns) under their names."""
    import polars as pl

    return pl.DataFrame({name: _series(column) for name, column in zip(names, rows.T, strict=True)})


def by_step(model: Model, coder: StepCoder, source: str, *, proba: bool = False) -> pl.DataFrame:
    """A row for each step: the series, or the row's number from 1; the time, or the step's; labels.

    Raises:
        DataError: the rows cannot be used.
    """
    import polars as pl

    examples = model._examples_of(source)
    logits = model._logits_of(examples, lenient=True)
    inputs = model._suited(examples, getattr(model.preprocessor_, "form", None)).inputs
    assert isinstance(inputs, (Sequences, Texts))
    name = model.target_names_[0] if len(model.target_names_) == 1 else "prediction"
    column, when = inputs.series or "row", inputs.time or "step"
    each = [inputs.name_of(row) or str(row + 1) for row in range(len(inputs))]
    places = [inputs.moments_of(row) for row in range(len(inputs))]
    counted = [np.arange(1, length + 1) for length in inputs.lengths.tolist()]
    frame: dict[str, Any] = {
        column: np.repeat(each, inputs.lengths).tolist(),
        when: np.concatenate(counted),
        **({"word": inputs.all_words} if isinstance(inputs, Texts) else {}),
        name: _series(np.concatenate(list(coder.labels(logits)))),
    }
    moments = [place for place in places if place is not None]
    if len(moments) == len(places):
        frame[when] = pl.concat(moments)
    if proba:
        shares = np.concatenate(list(coder.probabilities(logits)))
        frame |= {f"p_{label}": shares[:, n] for n, label in enumerate(coder.classes)}
    return pl.DataFrame(frame)


def ahead(model: Model, source: str, *, proba: bool = False) -> pl.DataFrame:
    """The forecast after the end of a source's series.

    Raises:
        DataError: the series cannot be continued.
        TargetError: `proba` was asked for.
    """
    if proba:
        raise TargetError(
            "--proba needs a model of classes; this one forecasts, with the interval in low and "
            "high: leave it out."
        )
    assert isinstance(model, Forecasting)
    return model.forecast(source=source)


def _series(column: np.ndarray) -> Any:
    return column.tolist() if column.dtype.kind in "OU" else np.ascontiguousarray(column)


def check_place(place: str | Path) -> Path:
    """The path to write to, checked before any work is done.

    Raises:
        DataError: a suffix that is not written, or a folder that does not exist.
    """
    path = Path(place).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        kind = f'the suffix "{path.suffix}"' if path.suffix else "no suffix"
        raise DataError(f"{path} has {kind}; predictions are written as {', '.join(SUFFIXES)}.")
    if path.is_dir():
        raise DataError(f"{path} is a folder; name a file, such as {path / 'predictions.csv'}.")
    if not path.parent.is_dir():
        raise DataError(f"{path} cannot be written: there is no folder {path.parent}.")
    return path


def write(frame: pl.DataFrame, path: Path) -> None:
    """Write predictions by the path's suffix, whole or not at all.

    Raises:
        DataError: the file cannot be written; an older one stays as it was.
    """
    try:
        write_whole(path, _content(frame, path.suffix.lower()))
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error.strerror or error}).") from error


def _content(frame: pl.DataFrame, suffix: str) -> bytes:
    buffer = io.BytesIO()
    match suffix:
        case ".csv" | ".tsv" | ".jsonl":
            return lines(frame, suffix)
        case ".parquet":
            frame.write_parquet(buffer)
        case ".feather":
            frame.write_ipc(buffer)
        case _:
            columns: dict[str, Any] = {name: _plain_array(frame[name]) for name in frame.columns}
            np.savez(buffer, **columns)
    return buffer.getvalue()


def lines(frame: pl.DataFrame, suffix: str, *, header: bool = True) -> bytes:
    """Predictions as .csv, .tsv or .jsonl hold them; a part of them without the `header`."""
    buffer = io.BytesIO()
    if suffix == ".jsonl":
        frame.write_ndjson(buffer)
    else:
        frame.write_csv(buffer, separator="\t" if suffix == ".tsv" else ",", include_header=header)
    return buffer.getvalue()


def _plain_array(series: pl.Series) -> np.ndarray:
    """Text as NumPy's own text: an array of objects would need a pickle."""
    array = series.to_numpy()
    return array.astype(str) if array.dtype.kind == "O" else array
