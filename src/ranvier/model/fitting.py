"""What `fit` does, in order: decide, split, preprocess, train, remember.

Nothing is remembered on the model until all of it has worked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier import tasks
from ranvier.data import Dataset
from ranvier.data.corpus import Corpus
from ranvier.data.pictures import Pictures
from ranvier.data.series import Windows
from ranvier.data.splitting import split
from ranvier.data.whole import Whole
from ranvier.errors import TargetError
from ranvier.model.budget import chunk_steps, memory_budget
from ranvier.model.describing import line_about_task, lines_about_data
from ranvier.model.fingerprint import fingerprint
from ranvier.model.inputs import Columns, columns_of
from ranvier.model.merging import merged
from ranvier.model.validating import blocks, encode, validating
from ranvier.model.weighting import row_weights
from ranvier.preprocessing.fitting import Coder, Preprocessor, fit_coder, fit_inputs
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.training import cache, feeds, loop, mesh
from ranvier.training.blueprint import blueprint_of
from ranvier.training.grouped import make_grouped_plan
from ranvier.training.learner import Learner
from ranvier.training.plan import Plan, make_plan
from ranvier.training.programs import programs_of

if TYPE_CHECKING:
    from ranvier.model.base import Model
    from ranvier.training.checkpoint import Checkpoints

FEWEST_VALIDATION_ROWS = 10
VALIDATION_BLOCK = 1024
VALIDATION_SHARE = 16  # at most one byte of so many of `max_memory` is for pictures that validate
NEVER = 2**30  # epochs of patience when early stopping is off


@dataclass(frozen=True)
class Prepared:
    """Everything that is known before the first step.

    Attributes:
        columns: the training data's columns.
        preprocessor: fitted on the rows that train.
        coder: the target's fitted state.
        resolved: every hyperparameter's value, the recipe's choices included.
        learner, plan, settings, mesh: what the engine is given.
        rows: the encoded training rows.
        weights: of the training rows, mean 1, or None.
        valid: the encoded validation rows in blocks, a tuple of such where rows differ in shape, or
            None.
        lines: (label, text) for display: what was found and decided.
        given: path -> array: the parameters that do not begin fresh.
        draw: shows what the network makes, while it trains; None where it makes no pictures.
        remark: what is to be said of the history so far, or None.
    """

    columns: Columns
    preprocessor: Preprocessor
    coder: Coder
    resolved: dict[str, Any]
    learner: Learner
    plan: Plan
    settings: dict[str, np.generic]
    mesh: mesh.Mesh
    rows: feeds.Rows
    weights: feeds.Weights | None
    valid: Any
    lines: tuple[tuple[str, str], ...]
    given: Mapping[str, np.ndarray]
    draw: loop.Draw | None = None
    remark: Callable[[list[loop.Row]], str | None] | None = None


def prepare(model: Model, examples: Dataset) -> Prepared:
    """Decide everything and encode the data.

    Raises:
        DataError, TargetError, HyperparameterError: for what cannot be used.
    """
    cache.enable()
    examples = model._suited(examples)
    if isinstance(examples.inputs, Corpus):
        from ranvier.model import languages

        return languages.prepare(model, examples)
    if not model._supervised:
        from ranvier.model import unsupervised

        return unsupervised.prepare(model, examples)
    if examples.target is None:
        raise TargetError(
            f"{type(model).__name__} requires y to be passed, but the target y is None; "
            "pass fit(X, y), or target= with a frame or a file."
        )
    decision = decide(model, examples)
    examples = with_weight(examples)
    resolved = model._resolve(decision.task, len(examples), examples.inputs)
    whole = isinstance(examples.inputs, Whole)
    if len(examples) <= resolved["batch_size"] and not whole:
        examples = merged_aloud(examples)
    coder = fit_coder(examples.target, decision.task, examples.weights, examples.inputs)
    train_rows, valid_rows = split_rows(examples, decision.task, resolved)
    # Without validation rows nothing is chosen, and so nothing copied.
    train = examples.take(train_rows) if len(valid_rows) else examples
    valid = examples.take(valid_rows)
    if coder.task.kind in ("regression", "forecasting"):
        coder = fit_coder(train.target, decision.task, train.weights, train.inputs)
    preprocessor = fit_inputs(train.inputs, train.weights, options=model._input_options(resolved))
    if isinstance(coder, StepCoder) and isinstance(preprocessor, SequencePreprocessor):
        coder = coder.padded_to(preprocessor.edges)
    if isinstance(coder, StepCoder) and isinstance(preprocessor, TextPreprocessor):
        coder = coder.padded_to(preprocessor.edges).of_words(train.target)
    resolved, observed = model._observed(train, coder, resolved)
    inputs = preprocessor.transform(train.inputs)
    encoded = encode(coder, train.target, inputs)
    rows = feeds.ArrayRows({"inputs": inputs, "target": encoded})
    weights = row_weights(train.weights, model.class_weight, encoded, coder)

    return assembled(
        model,
        columns_of(examples),
        preprocessor,
        coder,
        resolved,
        rows,
        weights,
        validating(preprocessor, coder, valid),
        lines_about_data(examples, preprocessor, len(train), len(valid), model.validation_fraction),
        [("task", line_about_task(decision, examples)), *observed],
    )


def decide(model: Model, examples: Dataset) -> tasks.Decision:
    """The task of a target, which must suit the family.

    Raises:
        TargetError: it does not.
    """
    if isinstance(examples.inputs, Windows):
        return _forecasting(model, examples.inputs)
    decision = tasks.decide(examples.target, model.task)
    if decision.task.pixelwise and not isinstance(examples.inputs, Pictures):
        raise TargetError(
            f"{type(model).__name__} predicts numbers and classes of rows, and the target holds a "
            "picture for each row; use model='cnn' on pictures."
        )
    if decision.task.stepwise and not model._stepwise:
        raise TargetError(
            f"{type(model).__name__} has one answer for each row, and the target holds a label for "
            "each step; use model='rnn'."
        )
    return decision


def _forecasting(model: Model, windows: Windows) -> tasks.Decision:
    if not model._stepwise:
        raise TargetError(f"{type(model).__name__} does not forecast series: use model='rnn'.")
    if model.task not in ("auto", "forecasting"):
        raise TargetError(
            f"task={model.task!r} does not suit windows of series, which are forecast: leave "
            "task= out."
        )
    steps = f"the next {windows.horizon:,} steps of {windows.table.target}"
    return tasks.Decision(tasks.FORECASTING, steps)


def assembled(
    model: Model,
    columns: Columns,
    preprocessor: Preprocessor,
    coder: Coder,
    resolved: dict[str, Any],
    rows: feeds.Rows,
    weights: feeds.Weights | None,
    valid: dict[str, Any] | None,
    about_data: list[tuple[str, str]],
    about_task: list[tuple[str, str]],
    *,
    block: int = 0,
    window: int = 0,
) -> Prepared:
    """What follows once the rows are encoded; `block` and `window` as in `Plan`."""
    learner = model._learner(preprocessor.spec, coder.spec, resolved)
    if valid is None:
        learner = replace(learner, judge=None)
    work = model._products(_parameters(learner), preprocessor.spec, coder.spec, resolved)
    rows_of_step = resolved["batch_size"]
    run_mesh = mesh.choose(
        resolved["devices"], rows_of_step, work, model._core_products, model._core_rows
    )
    steps = chunk_steps(work, resolved["batch_size"], rows.nbytes // len(rows))
    amounts = (resolved["batch_size"], resolved["epochs"], resolved["seed"])
    devices = len(run_mesh.devices)
    plan: Plan
    if isinstance(rows, feeds.ArrayRows) and (numbers := rows.groups) is not None:
        plan = make_grouped_plan(
            numbers, *amounts, chunk_steps=steps, devices=devices, lengths=rows.lengths
        )
    else:
        plan = make_plan(
            len(rows),
            *amounts,
            chunk_steps=steps,
            devices=devices,
            block=block,
            window=window,
            most=resolved.get("steps_per_epoch"),
        )
    most = min(VALIDATION_BLOCK, model._rows_at_once(preprocessor.spec))
    network = model._line_about_network(preprocessor.spec, coder.spec, resolved)
    lines = [
        *about_data,
        *about_task,
        (model._label_of_network, f"{network} · {_parameters(learner):,} parameters"),
        ("device", f"{run_mesh} · {plan.batch_size} rows a step · up to {plan.epochs} epochs"),
    ]
    return Prepared(
        columns=columns,
        preprocessor=preprocessor,
        coder=coder,
        resolved=resolved,
        learner=learner,
        plan=plan,
        settings=_settings(resolved, plan),
        mesh=run_mesh,
        rows=rows,
        weights=weights,
        valid=None if valid is None else blocks(valid, most, len(run_mesh.devices)),
        lines=tuple(lines),
        given=model._given(learner, resolved, rows, weights),
        draw=model._drawer(learner, preprocessor, coder, resolved, rows, valid),
        remark=model._remark,
    )


def train(
    prepared: Prepared,
    *,
    watcher: loop.Watcher | None = None,
    folder: Path | None = None,
    resume: bool = False,
    checkpoint_seconds: float = 10.0,
) -> tuple[loop.Outcome, str | None]:
    """Run the engine; with a folder, keep checkpoints there and go on from them if asked.

    Returns the outcome, and a problem with checkpoints to be said aloud, if there was one.
    """
    budget = memory_budget(prepared.resolved["max_memory"])
    feed = feeds.choose(prepared.rows, prepared.mesh, budget)
    keeper: Checkpoints | None = None
    start = None
    if folder is not None:
        from ranvier.training.checkpoint import Checkpoints

        keeper = Checkpoints(folder, fingerprint(prepared), checkpoint_seconds)
    try:
        if keeper is not None and resume:
            shape = programs_of(prepared.learner).shape_of_state(
                feed.batch_shape(prepared.plan.batch_size), prepared.settings
            )
            start = keeper.restore(shape)
        elif keeper is not None:
            keeper.clear()
        outcome = loop.train(
            prepared.learner,
            feed,
            prepared.plan,
            prepared.settings,
            mesh=prepared.mesh,
            weights=prepared.weights,
            valid=prepared.valid,
            watcher=watcher,
            keeper=keeper,
            start=start,
            translate=prepared.coder.translate,
            given=prepared.given,
            draw=prepared.draw,
            remark=prepared.remark,
        )
    finally:
        if keeper is not None:
            keeper.close()
    return outcome, keeper.problem if keeper else None


def merged_aloud(examples: Dataset) -> Dataset:
    """Equal rows as one whose weight says how many, with a note where there were some."""
    distinct = merged(examples)
    if len(distinct) == len(examples):
        return distinct
    note = (
        f"{len(examples):,} rows, of which {len(distinct):,} are different: equal ones are merged"
    )
    return replace(distinct, notes=(*distinct.notes, note))


def with_weight(examples: Dataset) -> Dataset:
    """The rows whose weight is above zero; a row of weight zero is as if it were not there."""
    if examples.weights is None or np.all(examples.weights > 0):
        return examples
    return examples.take(examples.weights > 0)


def split_rows(
    examples: Dataset, task: tasks.Task, resolved: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the rows that train and of those that validate."""
    rows, fraction = len(examples), resolved["validation_fraction"]
    most = rows
    if isinstance(examples.inputs, Pictures):  # which are held in memory to validate
        budget = memory_budget(resolved["max_memory"])
        most = max(1, budget // VALIDATION_SHARE * rows // examples.inputs.nbytes)
    if examples.valid_rows is not None and fraction:
        kept = np.ones(rows, bool)
        kept[examples.valid_rows] = False
        some = examples.valid_rows
        if len(some) > most:
            some = some[np.linspace(0, len(some) - 1, most).astype(np.int64)]
        return np.flatnonzero(kept), some
    if isinstance(examples.inputs, Windows):  # which overlap: only their time may divide them
        return np.arange(rows), np.arange(0)
    fraction = min(fraction, most / rows)
    if round(rows * fraction) < FEWEST_VALIDATION_ROWS:
        return np.arange(rows), np.arange(0)
    labels = examples.target if task.kind in ("binary", "multiclass") else None
    if labels is not None and labels.dtype.kind == "O":
        labels = labels.astype(str)
    # Not the seed that held out the test rows, or small sets would be cut the same way twice.
    valid = split(rows, fraction, resolved["seed"] + 1, labels)
    kept = np.ones(rows, bool)
    kept[valid] = False
    return np.flatnonzero(kept), valid


def _parameters(learner: Learner) -> int:
    """How many numbers are trained."""
    shapes = blueprint_of(learner.build).parameters.values()
    return sum(int(np.prod(shape.shape)) for shape in shapes)


def _settings(resolved: dict[str, Any], plan: Plan) -> dict[str, np.generic]:
    """The numbers of a run that enter the compiled program as inputs."""
    patience = resolved["patience"]
    numbers = (
        "learning_rate", "momentum", "beta2", "weight_decay", "dropout", "label_smoothing",
    )  # fmt: skip
    return {
        "seed": np.uint32(resolved["seed"]),
        "patience": np.int32(NEVER if patience is None else patience),
        "total_steps": np.float32(plan.total_steps),
        "steps_per_epoch": np.float32(plan.steps_per_epoch),
        "gradient_clip": np.float32(resolved["gradient_clip"] or 0.0),
        "ema_decay": np.float32(resolved["ema_decay"] or 0.0),
        **{name: np.float32(resolved[name]) for name in numbers},
    }
