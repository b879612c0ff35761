"""`ranvier info`: what a saved model is, how it came about, and how good it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranvier.loading import load
from ranvier.runs.folder import CONFIG, RESULT, RunFolder, find_model
from ranvier.runs.scores import Scores


@dataclass(frozen=True)
class Information:
    """What can be told about a saved model.

    Attributes:
        path: the model's file.
        summary: its layers, as text.
        decisions: (label, text) lines from its training.
        columns: (name, what it became and why).
        target: names of the target columns.
        task, family: what it does, and what it is.
        resolved: every hyperparameter's value.
        training: epochs, best_epoch, reason, steps, seconds, compile_seconds.
        best: the history's row of the epoch that is kept.
        scores: on the rows its run held out; None where unknown.
        command: what repeats the run; None outside a run folder.
    """

    path: Path
    summary: str
    decisions: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    target: tuple[str, ...]
    task: str
    family: str
    resolved: dict[str, Any]
    training: dict[str, Any]
    best: dict[str, float]
    scores: Scores | None
    command: str | None

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "model": str(self.path),
            "family": self.family,
            "task": self.task,
            "target": list(self.target),
            "columns": [{"name": name, "use": use} for name, use in self.columns],
            "decisions": [{"label": label, "text": text} for label, text in self.decisions],
            "hyperparameters": self.resolved,
            "training": self.training,
            "best": self.best,
            "test": None if self.scores is None else self.scores.plain(),
            "command": self.command,
        }


def inform(model: str | Path) -> Information:
    """What there is to tell about a model.

    Raises:
        ArtifactError: there is no such model, or its file cannot be read.
    """
    place = find_model(model)
    fitted = load(place)
    outcome = fitted._outcome
    folder = RunFolder(place.parent)
    # The folder's result is this model's only where the file is the run's own.
    result = folder.read(RESULT) if place.name == folder.model.name else {}
    config = folder.read(CONFIG) if result else {}
    decisions = getattr(fitted.preprocessor_, "decisions", ())
    return Information(
        path=place,
        summary=fitted.summary(),
        decisions=tuple(fitted.decisions_),
        columns=tuple((d.name, d.kind if d.used else f"left out, {d.reason}") for d in decisions),
        target=tuple(fitted.target_names_),
        task=fitted.task_,
        family=fitted.family,
        resolved={name: _plain(value) for name, value in fitted.resolved_.items()},
        training={
            "epochs": outcome.epoch,
            "best_epoch": outcome.best_epoch,
            "reason": outcome.reason,
            "steps": outcome.steps,
            "seconds": outcome.seconds,
            "compile_seconds": outcome.compile_seconds,
        },
        best=dict(outcome.history[outcome.best_epoch - 1]) if outcome.history else {},
        scores=Scores.from_plain(result["test"]) if result.get("test") else None,
        command=config.get("command"),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): part for key, part in value.items()}
    return list(value) if isinstance(value, tuple) else value
