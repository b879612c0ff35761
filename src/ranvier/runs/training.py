"""`ranvier train`: read, hold rows out, train, save, score beside the baseline, report."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ranvier import hyperparameters
from ranvier.data import Dataset, builtin
from ranvier.data.corpus import Corpus
from ranvier.data.series import Windows
from ranvier.data.streams import Streamed, in_memory
from ranvier.errors import (
    ArtifactError,
    CheckpointError,
    DataWarning,
    HyperparameterError,
    RanvierError,
)
from ranvier.model import Model
from ranvier.model.streaming import read_or_stream
from ranvier.report.findings import Findings
from ranvier.runs import families, language, series
from ranvier.runs.baseline import rivals
from ranvier.runs.evaluation import address, compare
from ranvier.runs.folder import CONFIG, MODEL, RESULT, RunFolder
from ranvier.runs.frames import FrameFolder
from ranvier.runs.reporting import write_for_run
from ranvier.runs.request import (
    TEST_FRACTION,
    Request,
    check_fraction,
    config_of,
    plain_settings,
    resumed,
)
from ranvier.runs.scores import Scores
from ranvier.runs.unsupervised import judged, remarks, scores_of
from ranvier.runs.watching import HistoryFile, RunWatcher
from ranvier.training.loop import Outcome, Watcher

FEW = 100  # rows, of which a share cannot be met closely


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Attributes:
        folder: the run's folder.
        model: the file that holds the trained model; None where it could not be written at all.
        family, task: what was trained, for what.
        reason: "finished", "patience" or "interrupted".
        epochs, best_epoch, steps, seconds, compile_seconds: as in the loop's outcome.
        scores: on the rows held out; None where none were.
        problem: what could not be written, and where things lie; None where all went well.
        report: the page about it; None where there is none.
    """

    folder: Path
    model: Path | None
    family: str
    task: str
    reason: str
    epochs: int
    best_epoch: int
    steps: int
    seconds: float
    compile_seconds: float
    scores: Scores | None
    problem: str | None = None
    report: Path | None = None

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it."""
        return self.reason == "interrupted"

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        names = ("family", "task", "reason", "epochs", "best_epoch", "steps", "seconds",
                 "compile_seconds")  # fmt: skip
        return {
            "run": str(self.folder),
            "model": None if self.model is None else str(self.model),
            "report": None if self.report is None else str(self.report),
            **{name: getattr(self, name) for name in names},
            "test": None if self.scores is None else self.scores.plain(),
            "problem": self.problem,
        }


def train(request: Request, display: Watcher | None = None) -> Result:
    """Train a model and leave a run folder.

    Raises:
        RanvierError: with what is wrong; a folder in which nothing was learned is removed.
    """
    if request.resume:
        request, folder = resumed(request)
        _check(request)
    else:
        _check(request)
        folder = RunFolder.create(request.source or "", request.out)
    watcher = None
    try:
        examples = _read(request, display)
        family = families.choose(_asked(request), examples)
        model = families.make(family, _fitting(request.settings, examples))
        config = config_of(request, address(str(request.source)), family)
        if not request.resume or not folder.read(CONFIG):
            _write(folder, CONFIG, config)
        watcher = RunWatcher(
            display,
            HistoryFile(folder.history),
            FrameFolder(folder.path),
            _about_test(examples, _test_fraction(request), model.validation_fraction),
            resumes=request.resume,
        )
        model._fit(examples.train, watcher, run_dir=folder.path, resume=request.resume)
    except BaseException:
        if watcher is None or not watcher.began:
            folder.discard()
        raise
    # Before anything else can go wrong.
    place, problem = _save(model, folder)
    problem = problem or watcher.problem
    _write(folder, CONFIG, {**config, "resolved": plain_settings(model.resolved_)}, needed=False)
    scores, found = _judged(model, folder, examples)
    result = _result(model, folder, place, scores, problem)
    _write(folder, RESULT, result.plain(), needed=False)
    if request.report:
        result = replace(result, report=_report(model, folder, examples, scores, found))
        _write(folder, RESULT, result.plain(), needed=False)
    return result


def _check(request: Request) -> None:
    """Refuse what is wrong before any data are read."""
    if not request.source:
        raise CheckpointError(
            f"nothing to train on: name a file or a built-in set ({', '.join(builtin.NAMES)})."
        )
    check_fraction(_test_fraction(request))
    families.check_name(request.family or families.AUTO)
    family = _asked(request)
    if family == families.AUTO:
        family = families.first_with(request.settings)
    hyperparameters.check(families.make(family, request.settings))


def _asked(request: Request) -> str:
    """The family that was asked for, by its name or by its task; or "auto"."""
    return families.of_task(request.family or families.AUTO, request.settings)


def _test_fraction(request: Request) -> float:
    return TEST_FRACTION if request.test_fraction is None else request.test_fraction


def _read(request: Request, display: Watcher | None) -> Dataset | Streamed:
    if series.are_meant(request.settings, request.source, request.targets):
        fraction = _test_fraction(request)
        return series.read(request.source, request.targets, request.settings, fraction)
    if request.settings.get("series") is not None:
        return series.read_long(
            request.source, request.targets, request.settings, _test_fraction(request)
        )
    return read_or_stream(
        request.source,
        target=list(request.targets) or (None if families.predicts(_asked(request)) else ()),
        test_fraction=request.test_fraction,
        seed=request.settings.get("seed", 0),
        max_memory=request.settings.get("max_memory"),
        on_error=request.settings.get("on_error", "stop"),
        watcher=display,
        task=request.settings.get("task", "auto"),
    )


def _fitting(settings: dict[str, Any], examples: Dataset | Streamed) -> dict[str, Any]:
    """The settings with class weights keyed by the classes themselves, not by their text."""
    weights = settings.get("class_weight")
    target = examples.labels if isinstance(examples, Streamed) else examples.target
    if not isinstance(weights, dict) or not isinstance(target, np.ndarray):
        return settings
    labels = {str(label): label for label in np.unique(target.ravel().astype(str))}
    if target.dtype.kind in "iufb":
        labels = {str(label): label for label in np.unique(target).tolist()}
    unknown = [name for name in weights if str(name) not in labels]
    if unknown:
        raise HyperparameterError(
            f"class_weight names the class {unknown[0]!r}, which is not in the target; "
            f"its classes are {', '.join(list(labels)[:10])}."
        )
    return {**settings, "class_weight": {labels[str(k)]: v for k, v in weights.items()}}


def _about_test(
    examples: Dataset | Streamed, asked: float, validation: float | None
) -> list[tuple[str, str]]:
    if examples.test_rows is None:
        if asked and isinstance(examples, Dataset) and isinstance(examples.inputs, Corpus):
            return [("data", "the text is too short to hold its end out, so nothing is tested")]
        return [("data", "no rows are held out to test on: test_fraction=0")]
    if isinstance(examples, Dataset) and isinstance(examples.inputs, Windows):
        test = examples.inputs[examples.test_rows]
        return [("data", series.about_test(examples.inputs, test))]
    if isinstance(examples, Dataset) and isinstance(examples.inputs, Corpus):
        return [("data", language.about_test(examples.inputs[examples.test_rows]))]
    share = len(examples.test_rows) / len(examples)
    if isinstance(examples, Streamed) and examples.is_capped:
        words = "as many of a streamed table as are held in memory"
        return [("data", f"{len(examples.test_rows):,} more rows are held out to test on, {words}")]
    held_out = f"{len(examples.test_rows):,} more rows are held out to test on"
    if abs(share - asked) > 0.01 and len(examples) > FEW:
        return [("data", f"{held_out}, as the data are divided already")]
    shares = f"test_fraction={round(share, 3):g}"
    if validation is not None:
        shares += f", of the rest validation_fraction={validation:g}"
    return [("data", f"{held_out} ({shares})")]


def _save(model: Model, folder: RunFolder) -> tuple[Path | None, str | None]:
    """Save the model in its folder, or else somewhere; where it lies, and what went wrong."""
    try:
        model.save(folder.model)
    except ArtifactError as error:
        last = f"the last checkpoint lies in {folder.checkpoints}"
        try:
            place = Path(tempfile.mkdtemp(prefix=f"ranvier-{folder.path.name}-")) / MODEL
            model.save(place)
        except (ArtifactError, OSError):
            return None, f"{error} {last}; --resume goes on from it once there is space."
        return place, f"{error} The model was saved as {place}; {last}."
    return folder.model, None


def _write(folder: RunFolder, name: str, content: dict[str, Any], *, needed: bool = True) -> None:
    try:
        folder.write(name, content)
    except OSError as error:
        if needed:
            raise CheckpointError(
                f"{folder.path / name} cannot be written ({error.strerror or error}); "
                "choose another folder with --out."
            ) from error


def _report(
    model: Model,
    folder: RunFolder,
    examples: Dataset | Streamed,
    scores: Scores | None,
    found: Findings | None,
) -> Path | None:
    """Write the report. The model is saved, and nothing that goes wrong here takes it away."""
    try:
        return write_for_run(model, folder, examples, scores, found)
    except KeyboardInterrupt:
        words = "was stopped"
    except Exception as error:
        words = f"could not be written ({' '.join(str(error).split())})"
    warnings.warn(
        f"the report {words}; the model is saved, and ranvier report {folder.path} writes it anew",
        DataWarning,
        stacklevel=3,
    )
    return None


def _judged(
    model: Model, folder: RunFolder, examples: Dataset | Streamed
) -> tuple[Scores | None, Findings | None]:
    """The scores on the rows held out, and what else was found out about a model of no target."""
    if examples.test_rows is None:
        return None, None
    seen = in_memory(examples.train)
    if not model._coder.task.is_unsupervised:
        return compare(model, examples.test, rivals(model, seen.target, seen)), None
    try:
        found = judged(model, examples.test, seen, folder.path)
    except RanvierError as error:  # the model is saved, whatever can be said about it
        warnings.warn(f"there is no score: {error}", DataWarning, stacklevel=3)
        return None, None
    for words in remarks(found):
        warnings.warn(words, DataWarning, stacklevel=3)
    return scores_of(found, len(examples.test_rows)), found


def _result(
    model: Model,
    folder: RunFolder,
    place: Path | None,
    scores: Scores | None,
    problem: str | None,
) -> Result:
    outcome: Outcome = model._outcome
    return Result(
        folder=folder.path,
        model=place,
        family=model.family,
        task=model.task_,
        reason=outcome.reason,
        epochs=outcome.epoch,
        best_epoch=outcome.best_epoch,
        steps=outcome.steps,
        seconds=outcome.seconds,
        compile_seconds=outcome.compile_seconds,
        scores=scores,
        problem=problem,
    )
