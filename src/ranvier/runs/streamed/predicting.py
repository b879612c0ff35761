"""From a table to a file of predictions, a piece at a time."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ranvier.data import Dataset
from ranvier.data.readable import readable
from ranvier.data.streams.kinds import typed
from ranvier.data.streams.tables import Table, nothing_in, open_table
from ranvier.errors import CheckpointError, DataError, DataWarning
from ranvier.model import Model
from ranvier.model.inputs import warn_about_missing, words_about_text
from ranvier.runs.prediction import answers, check_proba
from ranvier.runs.streamed.appending import Growing, Record
from ranvier.runs.streamed.passes import Outcome, Pace, Run, Told, quiet
from ranvier.runs.streamed.sources import fingerprints

TRIED = 64  # rows that are predicted before all are read


def predict(
    model: Model,
    file: Path,
    source: str,
    place: Path,
    *,
    proba: bool = False,
    resume: bool = False,
    told: Told | None = None,
    pace: Pace | None = None,
) -> Outcome:
    """Predict all rows of a table, in their order, into a file that grows.

    Args:
        model: one of tables that answers for each row, or has no target.
        file: where the model came from, to know it again.
        source: a table, or a folder of tables.
        place: where to, one of `SUFFIXES`; until it is whole it is called `place`.part.
        proba: add the probability of each class.
        resume: go on with what an earlier process left.
        told: is told how far it has come.
        pace: how often something is written down.

    Returns:
        How far it came: Ctrl-C ends it after the block.

    Raises:
        CheckpointError: an earlier process left something and `resume` is not asked for, or what
            it left is of other rows, another model or other columns.
        DataError: the rows cannot be used, or the file cannot be written.
        TargetError: `proba` without classes.
    """
    check_proba(model, proba)
    path, growing = Path(source).expanduser(), Growing(place)
    made_of: dict[str, Any] = {
        "source": fingerprints(path),
        "model": hashlib.sha256(file.read_bytes()).hexdigest(),
        "proba": proba,
    }
    done = growing.done()
    if resume and done is not None and done.made_of.items() >= made_of.items():
        growing.note.unlink()
        return Outcome(done.rows, done.total)
    left = growing.left()
    if left is not None:
        _check(left, made_of, growing, path, resume)
    with readable(path):
        table = open_table(path)
        made_of["columns"] = _tried(model, table, proba)
    with growing.opened(left) as part:
        run = Run(model, path, table, made_of, part, told or _nobody, pace or Pace())
        outcome = run.predicted(left, place.suffix.lower(), proba)
        if not outcome.interrupted:
            part.finish()
    assert part.record is not None
    for name, (count, example) in part.record.unreadable.items():
        if not outcome.interrupted:
            words = words_about_text(path.name, name, count, example)
            warnings.warn(words, DataWarning, stacklevel=2)
    return outcome


def _check(
    left: Record, made_of: Mapping[str, Any], growing: Growing, path: Path, resume: bool
) -> None:
    """Refuse to go on where the result would be none of one piece."""
    if not resume:
        raise CheckpointError(
            f"{growing.part} holds predictions that are not finished ({left.rows:,} of "
            f"{left.total:,} rows); go on with them by --resume, or choose another file with --out."
        )
    anew = f"remove {growing.part.name} and {growing.note.name} to begin anew."
    before = left.made_of
    if before.get("source") != made_of["source"]:
        raise CheckpointError(
            f"{path} is not, or not any more, what the first {left.rows:,} rows of {growing.part} "
            f"were predicted from: go on with that one, or {anew}"
        )
    if before.get("model") != made_of["model"]:
        raise CheckpointError(
            f"The model is not the one that predicted the first {left.rows:,} rows of "
            f"{growing.part}: go on with that one, or {anew}"
        )
    if before.get("proba") != made_of["proba"]:
        asked = "with" if before.get("proba") else "without"
        raise CheckpointError(f"{growing.part} was begun {asked} --proba: do the same, or {anew}")


def _tried(model: Model, table: Table, proba: bool) -> list[str]:
    """The columns of the predictions, from a few rows: refuses what is clear before all are read.

    Raises:
        DataError: there are no rows, or none of the columns of training.
    """
    first = next(iter(table.frames()), None)
    if first is None:
        raise DataError(nothing_in(table))
    warn_about_missing(model.preprocessor_, first, table.label)
    rows = Dataset(typed(first[:TRIED]), name=table.label)
    with quiet():
        return answers(model, rows, proba=proba).columns


def _nobody(doing: str, rows: int, total: int, share: float) -> None:
    """Is told, and does nothing."""
