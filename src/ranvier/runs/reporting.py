"""`report.html`: written at the end of a run, and anew for a run or for other rows."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.streams import Streamed, in_memory
from ranvier.errors import ArtifactError, DataError, DataWarning
from ranvier.loading import load
from ranvier.model import Model
from ranvier.model.streaming import read_or_stream
from ranvier.report.facts import About, Answer, gather
from ranvier.report.findings import Findings
from ranvier.report.page import as_bytes, page
from ranvier.runs import families, frames, series
from ranvier.runs.baseline import rivals
from ranvier.runs.evaluation import compare, labelled, seen_before, trained_by
from ranvier.runs.folder import (
    CONFIG,
    REPORT,
    RESULT,
    RunFolder,
    find_model,
    name_of,
    write_whole,
)
from ranvier.runs.request import TEST_FRACTION
from ranvier.runs.scores import Scores
from ranvier.runs.spelling import flagged
from ranvier.runs.unsupervised import alarms, judged, scores_of

SUFFIXES = (".html", ".htm")


def report(
    model: str | Path, source: str | None = None, out: str | Path | None = None
) -> tuple[Path, tuple[str, ...]]:
    """Write the report of a saved model.

    Args:
        model: a run folder, a `.ranvier` file or the name of a run.
        source: rows with a target to judge it on; None: the rows that its run held out.
        out: the file; None: `report.html` in the run's folder, or for other rows
            `report-NAME.html` there.

    Returns:
        Where it was written, and notes about the rows.

    Raises:
        ArtifactError, DataError, TargetError: the model or the rows cannot be used, or the file
            cannot be written.
    """
    place = find_model(model)
    usual = REPORT if source is None else f"report-{name_of(source)}.html"
    target = check_place(place.parent / usual if out is None else out)
    fitted = load(place)
    folder = RunFolder(place.parent)
    config = folder.read(CONFIG) if place.name == folder.model.name else {}
    if source is None:
        examples = of_the_run(config, model)
        scores = folder.read(RESULT).get("test")
        kept = Scores.from_plain(scores) if scores else None
        text = _of_run(fitted, examples, kept, config, folder, _found(fitted, examples, folder))
        notes: tuple[str, ...] = ()
    else:
        examples = labelled(source, fitted)
        notes = (*examples.notes, *seen_before(folder, examples, source, model))
        found = None
        if fitted._coder.task.is_unsupervised:
            found = judged(fitted, examples, trained_by(folder, model), folder.path)
            values = scores_of(found, len(examples))
            notes = (*notes, *alarms(found))
        else:
            values = compare(fitted, examples, rivals(fitted, examples.target))
        where = f"{values.things} of {examples.name}"
        about = _about(config, examples, where, values, notes)
        about = replace(about, findings=found, frames=frames.read(folder.path))
        text = _page(fitted, about, examples, None, examples)
    _write(target, text)
    return target, notes


def write_for_run(
    model: Model,
    folder: RunFolder,
    examples: Dataset | Streamed,
    scores: Scores | None,
    found: Findings | None = None,
) -> Path:
    """Write `report.html` at the end of a run, into its folder; `found`: of a model of no target.

    Pictures of what the network made while it was trained come from the folder.
    """
    place = folder.path / REPORT
    _write(place, _of_run(model, examples, scores, folder.read(CONFIG), folder, found))
    return place


def check_place(place: str | Path) -> Path:
    """The file to write to, checked before any work is done.

    Raises:
        DataError: another suffix, or a folder that does not exist.
    """
    path = Path(place).expanduser()
    if path.suffix.lower() not in SUFFIXES or path.is_dir():
        raise DataError(f"{path} is no name for a report: name a file such as report.html.")
    if not path.parent.is_dir():
        raise DataError(f"{path} cannot be written: there is no folder {path.parent}.")
    return path


def of_the_run(config: dict[str, Any], model: str | Path) -> Dataset | Streamed:
    """The run's data as they were read when it began."""
    try:
        fraction = config["test_fraction"]
        source, targets, given = config["source"], config["targets"], config["given"]
        share = TEST_FRACTION if fraction is None else fraction
        if series.are_meant(given, source, targets):
            return series.read(source, targets, given, share)
        if given.get("series") is not None:
            return series.read_long(source, targets, given, share)
        return read_or_stream(
            config["source"],
            target=list(targets) or (None if families.predicts(config["family"]) else ()),
            test_fraction=fraction,
            seed=config["given"].get("seed", 0),
            max_memory=config["given"].get("max_memory"),
            on_error=config["given"].get("on_error", "stop"),
            task=config["given"].get("task", "auto"),
        )
    except (KeyError, TypeError, AttributeError):
        raise ArtifactError(
            f"{model} does not say what it was trained on; "
            f"name rows to judge it on: ranvier report {model} DATA"
        ) from None


def _of_run(
    model: Model,
    examples: Dataset | Streamed,
    scores: Scores | None,
    config: dict[str, Any],
    folder: RunFolder,
    found: Findings | None,
) -> bytes:
    where = "rows never seen" if scores is None else f"{scores.things} never seen"
    about = _about(config, examples, where, scores, tuple(alarms(found)))
    about = replace(about, findings=found, frames=frames.read(folder.path))
    if examples.test_rows is None:
        return _page(model, about, None, None, in_memory(examples))
    return _page(model, about, examples.test, examples.test_rows, in_memory(examples))


def _found(model: Model, examples: Dataset | Streamed, folder: RunFolder) -> Findings | None:
    """What is found out anew about a run's model that predicts no target."""
    if not model._coder.task.is_unsupervised or examples.test_rows is None:
        return None
    return judged(model, examples.test, in_memory(examples.train), folder.path)


def _about(
    config: dict[str, Any],
    examples: Dataset | Streamed,
    where: str,
    scores: Scores | None,
    notes: tuple[str, ...],
) -> About:
    answer = None
    if scores is not None:
        best = scores.best
        answer = Answer(
            scores.rows, scores.model, best.metrics, best.words, scores.beaten,
            tuple((rated.words, rated.metrics) for rated in scores.baselines),
        )  # fmt: skip
    return About(
        source=examples.name,
        where=where,
        answer=answer,
        command=config.get("command"),
        versions=config.get("versions", {}),
        notes=notes,
    )


def _page(
    model: Model,
    about: About,
    judged: Dataset | None,
    numbers: np.ndarray | None,
    seen: Dataset,
) -> bytes:
    with warnings.catch_warnings():
        # What is odd about these rows was said when they were scored.
        warnings.simplefilter("ignore", DataWarning)
        facts = gather(model, about, judged, numbers, seen, spelled=flagged)
    return as_bytes(page(facts))


def _write(place: Path, content: bytes) -> None:
    try:
        write_whole(place, content)
    except OSError as error:
        raise DataError(f"{place} cannot be written ({error.strerror or error}).") from error
