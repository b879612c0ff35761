"""Everything that the page says, computed once, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.errors import TargetError
from ranvier.model.summary import Layer, depth
from ranvier.preprocessing.picture_targets import PictureCoder
from ranvier.preprocessing.series import SeriesCoder
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.targets import TargetCoder
from ranvier.report.failures.classes import ClassFailures, class_failures, codes_of
from ranvier.report.failures.forecasts import ForecastFailures, forecast_failures
from ranvier.report.failures.labels import LabelFailures, label_failures
from ranvier.report.failures.pixels import PixelFailures, pixel_failures
from ranvier.report.failures.quantities import QuantityFailures, quantity_failures
from ranvier.report.failures.steps import step_failures
from ranvier.report.findings import Findings, Frames
from ranvier.report.gallery import Gallery, gallery
from ranvier.report.html import shortened
from ranvier.report.importance import Importance, importance
from ranvier.report.learning import Learning, learning
from ranvier.report.looking import Look, look
from ranvier.report.speech import Speech, speech

if TYPE_CHECKING:
    from ranvier.model import Model

MOST_ROWS = 50_000  # that are looked at one by one
MOST_CELLS = 20_000_000  # probabilities, rows times classes
FEWEST_ROWS = 1000

Failures = ClassFailures | LabelFailures | QuantityFailures | PixelFailures | ForecastFailures


@dataclass(frozen=True)
class Answer:
    """A model's scores and the baselines' on the same rows.

    Attributes:
        rows: how many.
        model, baseline: metric -> value; of several baselines that of the best.
        words: what that one does, such as "always the mean".
        beaten: whether the model is better.
        each: every baseline's words and metrics; empty where there is that one only.
    """

    rows: int
    model: Mapping[str, float]
    baseline: Mapping[str, float]
    words: str
    beaten: bool
    each: tuple[tuple[str, Mapping[str, float]], ...] = ()


@dataclass(frozen=True)
class About:
    """What the caller knows and the model does not.

    Attributes:
        source: name of the data.
        where: which rows are judged, such as "rows never seen".
        answer: the scores on them; None where no rows are judged.
        command: what repeats the run; None where unknown.
        versions: package -> version of the run.
        notes: what a reader must know about the rows.
        findings: what was found out about a model that predicts no target; else None.
        frames: what the network made while it was trained.
    """

    source: str = ""
    where: str = "rows never seen"
    answer: Answer | None = None
    command: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    findings: Findings | None = None
    frames: Frames = field(default_factory=Frames)


@dataclass(frozen=True)
class Facts:
    """What the page says.

    Attributes:
        about: as the caller gave it.
        model: name of the model's class.
        task: "binary", "multiclass", "multilabel", "regression", ...; see `tasks`.
        target: names of what is predicted.
        importance: what the model relies on; None where no rows are there to try it on.
        trained_on: `importance` was measured on rows that the model has learned from.
        failures: None where no rows are judged.
        gallery: pictures; None for a model that sees none.
        look: texts or sequences; None for a model that goes through none.
        speech: of a model of language; else None.
        judged: on how many rows `failures` was measured.
        learning: None without a whole epoch.
        decisions: (label, text) lines.
        columns: (name, what it became, why).
        layers, depth: the network.
        settings: every hyperparameter's value.
    """

    about: About
    model: str
    task: str
    target: tuple[str, ...]
    importance: Importance | None
    trained_on: bool
    failures: Failures | None
    gallery: Gallery | None
    look: Look | None
    speech: Speech | None
    judged: int
    learning: Learning | None
    decisions: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str, str], ...]
    layers: tuple[Layer, ...]
    depth: str
    settings: Mapping[str, Any]


def gather(
    model: Model,
    about: About,
    judged: Dataset | None,
    numbers: np.ndarray | None,
    seen: Dataset,
    spelled: Callable[[str], str] = str,
) -> Facts:
    """Compute everything.

    Args:
        model: a fitted model.
        about: what the caller knows.
        judged: rows with a target that the model has not learned from; None where there are none.
        numbers: int (N,), what each of these rows is called; None: its place among them.
        seen: rows to measure the importance on where `judged` is None.
        spelled: turns hints such as task='regression' into what the reader types.
    """
    failures, count, measured, pictures, looked, spoken = None, 0, None, None, None, None
    if model._coder.task.is_language:  # no answer for each row, no column
        spoken = speech(model, judged)
    elif model._coder.task.is_unsupervised:  # nothing to be right or wrong about
        count = 0 if judged is None else len(judged)
    elif judged is not None and len(judged):
        numbers = np.arange(len(judged)) if numbers is None else numbers
        judged, numbers = _some(model, judged, numbers)
        judged = model._suited(judged, getattr(model.preprocessor_, "form", None))
        inputs = model._transformed(judged, lenient=True)
        logits = model._predictor.logits(inputs)
        measured = _importance(model, judged, inputs)
        columns = judged.columns if measured is None else (*measured.columns, *judged.columns)
        failures = _failures(model, judged, numbers, logits, list(dict.fromkeys(columns)))
        pictures = gallery(model, judged, logits)
        looked = look(model, judged, inputs, logits)
        count = len(judged)
    elif len(seen):
        some, _ = _some(model, seen, np.arange(len(seen)), most=FEWEST_ROWS)
        measured = _importance(model, some, model._transformed(some, lenient=True))
    layers = tuple(model._layers())
    return Facts(
        about=about,
        model=type(model).__name__,
        task=model.task_,
        target=_target_names(model),
        importance=measured,
        trained_on=failures is None,
        failures=failures,
        gallery=pictures,
        look=looked,
        speech=spoken,
        judged=count,
        learning=learning(model),
        decisions=tuple((label, spelled(text)) for label, text in model.decisions_),
        columns=_columns(model),
        layers=layers,
        depth=depth(layers) if any(layer.name == "hidden 1" for layer in layers) else "",
        settings=dict(sorted(model.resolved_.items())),
    )


def _some(
    model: Model, rows: Dataset, numbers: np.ndarray, most: int = MOST_ROWS
) -> tuple[Dataset, np.ndarray]:
    """At most so many rows, drawn by chance."""
    coder = model._coder
    cells = max(1, coder.units) * int(np.prod(coder.spec.image))
    if isinstance(coder, StepCoder):
        cells *= max(coder.edges)
    most = min(most, max(FEWEST_ROWS, MOST_CELLS // cells))
    if len(rows) <= most:
        return rows, numbers
    drawn = np.sort(np.random.default_rng(0).permutation(len(rows))[:most])
    return rows.take(drawn), numbers[drawn]


def _importance(model: Model, rows: Dataset, inputs: Mapping[str, np.ndarray]) -> Importance | None:
    coder, target = model._coder, rows.target
    if not isinstance(coder, TargetCoder):
        return None
    try:
        return importance(model, inputs, coder.encode(target))
    except TargetError:  # some rows are of a class that training never saw
        known = codes_of(coder, target) >= 0
        if not known.any():
            return None
        kept = {name: array[known] for name, array in inputs.items()}
        return importance(model, kept, coder.encode(target[known]))


def _failures(
    model: Model, rows: Dataset, numbers: np.ndarray, logits: np.ndarray, columns: Sequence[str]
) -> Failures:
    coder = model._coder
    if isinstance(coder, SeriesCoder):
        return forecast_failures(coder, rows, logits)
    if isinstance(coder, StepCoder):
        return step_failures(coder, rows, numbers, logits)
    if isinstance(coder, PictureCoder):
        return pixel_failures(coder, rows, logits)
    assert isinstance(coder, TargetCoder)
    if coder.task.kind == "regression":
        return quantity_failures(coder, rows, numbers, logits, columns, _output_names(model))
    if coder.task.kind == "multilabel":
        return label_failures(coder, rows, numbers, logits, columns, _output_names(model))
    return class_failures(coder, rows, numbers, logits, columns)


def _target_names(model: Model) -> tuple[str, ...]:
    return tuple(shortened(name) for name in model.target_names_) or ("the target",)


def _output_names(model: Model) -> list[str]:
    """One name for each output."""
    names = [str(name) for name in model.target_names_]
    units = model._coder.units
    if len(names) == units:
        return names
    return ["the target"] if units == 1 else [f"output {number + 1}" for number in range(units)]


def _columns(model: Model) -> tuple[tuple[str, str, str], ...]:
    decisions = getattr(model.preprocessor_, "decisions", ())
    return tuple((d.name, d.kind if d.used else "left out", d.reason) for d in decisions)
