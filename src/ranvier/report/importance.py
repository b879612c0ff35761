"""What a model relies on: how much worse it becomes when one column is shuffled.

Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019). The shuffled column
keeps its values and loses its connection with the row. Shuffling happens behind the
preprocessing, where a table's column is a few columns of an array: row by row the same, and fast.
Of texts and sequences with a table beside them each is shuffled as a whole, like one more column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ranvier.preprocessing.table import TablePreprocessor
from ranvier.preprocessing.targets import TargetCoder

if TYPE_CHECKING:
    from ranvier.model import Model

MOST_ROWS = 2000
FEWEST_ROWS = 100
REPEATS = 5
MOST_COLUMNS = 200
WORK = 1.5e10  # multiplications that all shuffles together may cost: about a second

# Name of a column -> part of the network's inputs -> its columns there; None: all of the part.
Groups = dict[str, dict[str, list[int] | None]]


@dataclass(frozen=True)
class Importance:
    """Columns, the most important first.

    Attributes:
        columns: their names.
        rises: float64 (C,): by how much the error grows, the mean over the repeats.
        noise: float64 (C,): the standard error of `rises`.
        lost: float64 (C,): the accuracy lost, as a share; None for numbers.
        error: the error with nothing shuffled, and `measure` what it is.
        rows, repeats: on how many rows, and how often each column was shuffled.
        of: how many columns enter the network; more than were tried where there are very many.
    """

    columns: tuple[str, ...]
    rises: np.ndarray
    noise: np.ndarray
    lost: np.ndarray | None
    error: float
    measure: str
    rows: int
    repeats: int
    of: int


def importance(
    model: Model, inputs: Mapping[str, np.ndarray], target: np.ndarray, seed: int = 0
) -> Importance | None:
    """Shuffle one column after the other.

    Args:
        model: a fitted model.
        inputs: preprocessed rows, arrays (N, ...).
        target: the encoded target of the same rows.
        seed: decides which rows are taken, and the shuffles.

    Returns:
        None where there is nothing to shuffle: fewer than two rows, or no table.
    """
    coder = model._coder
    if not isinstance(coder, TargetCoder) or "image" in inputs:
        return None  # there are no columns to shuffle
    groups = _groups(model, inputs)
    if len(target) < 2 or not groups:
        return None
    random = np.random.default_rng(seed)
    tried = min(len(groups), MOST_COLUMNS)
    parameters = sum(array.size for array in model._outcome.parameters.values())
    spec = model.preprocessor_.spec
    size = model._products(parameters, spec, coder.spec, model.resolved_)
    rows, repeats = _shares(len(target), tried, size)
    taken = np.sort(random.permutation(len(target))[:rows])
    inputs, target = {name: array[taken] for name, array in inputs.items()}, target[taken]
    logits = model._predictor.logits(dict(inputs))
    names = _promising(groups, inputs, logits)
    orders = np.stack([random.permutation(rows) for _ in range(repeats)]).ravel()  # (repeats * N,)
    again = np.tile(np.arange(rows), repeats)
    tiled = {name: array[again] for name, array in inputs.items()}
    errors, hits = np.empty((len(names), repeats)), np.empty((len(names), repeats))
    for place, name in enumerate(names):
        shuffled = dict(tiled)
        for part, members in groups[name].items():
            if members is None:
                shuffled[part] = inputs[part][orders]
            else:
                shuffled[part] = tiled[part].copy()
                shuffled[part][:, members] = inputs[part][orders][:, members]
        answers = model._predictor.logits(shuffled).reshape(repeats, rows, -1)
        for repeat in range(repeats):
            errors[place, repeat], hits[place, repeat] = _judged(coder, answers[repeat], target)
    error, hit = _judged(coder, logits, target)
    rises = errors.mean(axis=1) - error
    order = np.argsort(-rises, kind="stable")
    noise = errors.std(axis=1, ddof=1 if repeats > 1 else 0) / np.sqrt(repeats)
    return Importance(
        columns=tuple(names[place] for place in order),
        rises=rises[order],
        noise=noise[order],
        lost=(hit - hits.mean(axis=1))[order] if coder.task.classifies else None,
        error=error,
        measure=_measure(coder),
        rows=rows,
        repeats=repeats,
        of=len(groups),
    )


def _groups(model: Model, inputs: Mapping[str, np.ndarray]) -> Groups:
    """Column of the table -> the columns of each array that are made of it.

    Without a table there are none. What the table is beside is one more column, and None stands
    for all of the arrays that are made of it.
    """
    preprocessor = model.preprocessor_
    beside = getattr(preprocessor, "beside", None)
    table, kind = (preprocessor, "") if beside is None else (beside.table, beside.kind)
    if not isinstance(table, TablePreprocessor):
        return {}
    owners = {"numeric": table.feature_columns, "categories": table.category_names}
    found: Groups = {}
    for part in inputs:
        if part not in owners:
            found.setdefault(kind, {})[part] = None
            continue
        for position, name in enumerate(owners[part]):
            members = found.setdefault(name, {}).setdefault(part, [])
            assert members is not None
            members.append(position)
    return {name: found[name] for name in (kind, *table.columns) if name in found}


def _shares(rows: int, columns: int, size: float) -> tuple[int, int]:
    """How many rows, and how many repeats, the work allows."""
    affordable = int(WORK / (max(size, 1) * columns))
    rows = min(rows, MOST_ROWS, max(FEWEST_ROWS, affordable))
    return rows, int(np.clip(affordable // rows, 1, REPEATS))


def _promising(groups: Groups, inputs: Mapping[str, np.ndarray], logits: np.ndarray) -> list[str]:
    """All columns; of very many, those whose values go along most with the predictions."""
    if len(groups) <= MOST_COLUMNS:
        return list(groups)
    answers = _standard(logits.astype(np.float64))  # (N, units)
    along = {
        part: np.abs(_standard(inputs[part].astype(np.float64)).T @ answers).max(axis=1)  # (F,)
        for part in {part for parts in groups.values() for part, at in parts.items() if at}
    }
    weight = {
        name: max(np.inf if at is None else along[part][at].max() for part, at in parts.items())
        for name, parts in groups.items()
    }
    return sorted(groups, key=lambda name: -weight[name])[:MOST_COLUMNS]


def _standard(array: np.ndarray) -> np.ndarray:
    spread = array.std(axis=0)
    whole: np.ndarray = (array - array.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return whole


def _judged(coder: TargetCoder, logits: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    """The error of predictions, and the share of right answers (0 for numbers)."""
    if coder.task.kind == "regression":
        wide = target.reshape(len(logits), -1).astype(np.float64)
        scale = coder.scale[0] if logits.shape[1] == 1 else 1.0
        return float(np.sqrt(np.square(logits - wide).mean()) * scale), 0.0
    chances = np.clip(coder.probabilities(logits), 1e-7, 1 - 1e-7)
    if coder.task.kind == "multilabel":
        given = target.reshape(chances.shape) > 0.5
        return (
            float(-np.log(np.where(given, chances, 1 - chances)).mean()),
            float(((chances > 0.5) == given).all(axis=1).mean()),
        )
    codes = target.ravel().astype(np.intp)
    right = float((np.argmax(chances, axis=1) == codes).mean())
    return float(-np.log(chances[np.arange(len(codes)), codes]).mean()), right


def _measure(coder: TargetCoder) -> str:
    if coder.task.classifies:
        return "log loss"
    return "RMSE" if coder.units == 1 else "RMSE in standard deviations"
