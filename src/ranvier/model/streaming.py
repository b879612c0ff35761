"""What `fit` does with a table that is larger than memory.

The same as with one in memory, in two passes over the file: `data.streams` learns what must be
known of all rows, then the rows that train are encoded by the same preprocessing and written,
shuffled, to a file from which the training reads.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier import tasks
from ranvier.data import Dataset, read
from ranvier.data.corpora import read_corpus
from ranvier.data.splitting import TEST_FRACTION
from ranvier.data.streams import Streamed, memory_needed, stream, too_large
from ranvier.data.whole import Whole
from ranvier.errors import DataError
from ranvier.model import fitting
from ranvier.model.budget import memory_budget
from ranvier.model.describing import line_about_task, lines_about_data
from ranvier.model.inputs import Columns
from ranvier.model.validating import validating
from ranvier.model.weighting import class_factors
from ranvier.preprocessing.fitting import fit_inputs
from ranvier.preprocessing.targets import TargetCoder, fit_target
from ranvier.training import cache
from ranvier.training.loop import Watcher
from ranvier.training.scatter import store
from ranvier.training.stored import WEIGHTS, StoredRows

if TYPE_CHECKING:
    from ranvier.model.base import Model

CACHE = "cache"  # the folder's name in a run's folder
LEAST = 1_000_000_000  # bytes of the whole process, whatever the size of the table
FULL = (errno.ENOSPC, errno.EDQUOT)


def read_or_stream(
    source: Any,
    *,
    target: str | Sequence[str] | None = None,
    test_fraction: float | None = 0.0,
    seed: int = 0,
    max_memory: str | int | None = None,
    on_error: str = "stop",
    watcher: Watcher | None = None,
    task: str = "auto",
) -> Dataset | Streamed:
    """`data.read`, or a stream where the source is a table too large for `max_memory`.

    Where the `task` is to learn a language, its texts alone.

    Raises:
        DataError, TargetError: the data cannot be used.
        HyperparameterError: `max_memory` is no size.
    """
    budget = memory_budget(max_memory)
    if task in tasks.TASKS and tasks.TASKS[task].is_language:
        if target:
            raise tasks.no_target(task)
        return read_corpus(source, test_fraction=test_fraction, seed=seed, on_error=on_error)
    if not too_large(source, budget):
        return read(
            source, target=target, test_fraction=test_fraction, seed=seed, on_error=on_error
        )
    if watcher is not None:
        watcher.announce([line_ahead(Path(source), budget)])
    fraction = TEST_FRACTION if test_fraction is None else test_fraction
    return stream(source, target=target, test_fraction=fraction, seed=seed)


def prepare(model: Model, examples: Streamed, run_dir: str | Path | None) -> fitting.Prepared:
    """Decide everything, and encode the rows into a file.

    Args:
        model: with checked hyperparameters.
        examples: the table.
        run_dir: where the file lies while the run goes on; None: a temporary folder.

    Raises:
        DataError, TargetError, HyperparameterError: for what cannot be used, and for a full disk.
    """
    cache.enable()
    if isinstance(model._suited(examples.sample).inputs, Whole):
        raise DataError(
            f"{examples.name} is larger than max_memory allows to read at once, and only tables of "
            f"numbers and categories are streamed: {type(model).__name__} needs a larger "
            "max_memory, or fewer rows."
        )
    decision, coder = _target(model, examples, examples.sample.target)
    resolved = model._resolve(decision.task, examples.train_rows(0.0), examples.sample.inputs)
    fraction = resolved["validation_fraction"]
    if round(len(examples) * fraction) < fitting.FEWEST_VALIDATION_ROWS:
        fraction = 0.0
    known, valid = examples.known(fraction), examples.valid(fraction)
    preprocessor = fit_inputs(known.inputs, known.weights, examples.facts)
    factors = _factors(model, examples, coder, fraction)

    def trees() -> Iterator[dict[str, Any]]:
        for batch in examples.batches(fraction):
            assert batch.target is not None
            encoded = coder.encode(batch.target)
            tree = {"inputs": preprocessor.transform(batch.inputs), "target": encoded}
            if factors is not None:
                tree[WEIGHTS] = factors[encoded.ravel().astype(np.intp)]
            yield tree

    count = examples.train_rows(fraction)
    rows = _stored(trees(), count, resolved["seed"], run_dir, examples)
    try:
        about = replace(known, notes=examples.notes)
        return fitting.assembled(
            model,
            Columns(examples.columns, True),
            preprocessor,
            coder,
            resolved,
            rows,
            rows.weights,
            validating(preprocessor, coder, valid),
            [
                *lines_about_data(
                    about, preprocessor, count, len(valid), model.validation_fraction
                ),
                ("memory", _line(examples, rows, len(known))),
            ],
            [("task", line_about_task(decision, about))],
            block=rows.layout.block,
            window=rows.layout.window,
        )
    except BaseException:
        rows.close()
        raise


def _target(
    model: Model, examples: Streamed, sample: np.ndarray | None
) -> tuple[tasks.Decision, TargetCoder]:
    """The task and the target's fitted state, from all rows where that can be."""
    assert sample is not None
    survey = examples.survey.target
    telling, complete = survey.telling(sample)
    decision = tasks.decide(telling, model.task)
    if not complete and decision.reason.endswith("different numbers"):
        decision = replace(
            decision, reason=f"more than {len(np.unique(telling)):,} different numbers"
        )
    coder = fit_target(telling, decision.task)
    if decision.task.kind == "regression" and survey.measured:
        spread, mean = survey.spread, survey.mean
        constant = spread <= np.abs(mean) * 1e-12
        coder = replace(coder, mean=mean, scale=np.where(constant, 1.0, spread))
    return decision, coder


def _factors(
    model: Model, examples: Streamed, coder: TargetCoder, fraction: float
) -> np.ndarray | None:
    """Float32 (classes,): how much a row of each class counts, of mean 1 over the rows."""
    if model.class_weight is None:
        return None
    counts = np.zeros(len(coder.classes))
    if coder.task.kind in ("binary", "multiclass"):
        for label, times in examples.survey.target.shares().items():
            counts[coder.encode(np.array([label])).astype(np.intp).ravel()] += times
        for held in (examples.test, examples.valid(fraction)):
            if held.target is not None and len(held):
                codes = coder.encode(held.target).astype(np.intp).ravel()
                counts -= np.bincount(codes, minlength=len(counts))
    return class_factors(model.class_weight, counts, coder)


def _stored(
    trees: Iterator[dict[str, Any]],
    rows: int,
    seed: int,
    run_dir: str | Path | None,
    examples: Streamed,
) -> StoredRows:
    folder = None
    try:
        if run_dir is None:
            folder = Path(tempfile.mkdtemp(prefix="ranvier-"))
        else:
            folder = Path(run_dir) / CACHE
            shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
            folder.mkdir(parents=True)
        return store(trees, rows, seed, folder)
    except BaseException as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and not isinstance(error, DataError):
            raise DataError(_unwritten(error, folder, examples)) from error
        raise


def _unwritten(error: OSError, folder: Path | None, examples: Streamed) -> str:
    where = folder.parent if folder is not None else "the temporary folder"
    if error.errno in FULL:
        return (
            f"The encoded rows of {examples.name} do not fit on the disk of {where}: make room "
            "there, or name a run folder on another disk."
        )
    return (
        f"The encoded rows of {examples.name} cannot be written to {where} "
        f"({error.strerror or error}): name a run folder that can be written."
    )


def _line(examples: Streamed, rows: StoredRows, sample: int) -> str:
    """What is held where."""
    return (
        f"streamed: {size(examples.bytes)} in {examples.name} are read in pieces; "
        f"statistics from all rows, quartiles from {sample:,} of them; the encoded rows lie in "
        f"{rows.path.parent} ({size(rows.nbytes)}, removed afterwards)"
    )


def line_ahead(path: Path, budget: int) -> tuple[str, str]:
    """What is said before the first pass."""
    needed = memory_needed(path.expanduser())
    why = f"to read at once, and max_memory allows {size(budget)}" if needed > budget else "at once"
    words = f"{path.name} would take about {size(needed)} {why}: it is streamed, in two passes"
    if budget < LEAST:
        words += f" (Python, JAX and the buffers take up to {size(LEAST)} themselves)"
    return "memory", words


def size(count: float) -> str:
    """Such as "5.2 GB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count / 1e3:.3g} KB"
